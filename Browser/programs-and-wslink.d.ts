import type { CallOptions, Environment } from "./tangor";

export interface ProgramLaunch {
  /** What kind of program, as the configuration names it; `vtkweb`. */
  kind?: string;
  /** Handed to the program; a text is split at its blanks. */
  arguments?: string | readonly string[];
  /** Milliseconds within which it has to be ready; the kind's own where absent. */
  timeout?: number;
  /** Ends the wait. */
  signal?: AbortSignal;
}

export interface ProgramInfo {
  key: string;
  kind: string;
  script?: string | null;
  process: "starting" | "running" | "terminated";
  port?: number;
  /** With `terminated`: its status, negative for a signal. */
  returncode?: number | null;
  socket?: string | null;
  page?: string | null;
  secret?: string;
  /** WebSockets that are relayed to it now. */
  sockets?: number;
}

export interface ProgramLine {
  index: number;
  stream: "stdout" | "stderr";
  text: string;
}

/** A program that runs on the server. */
export interface Program {
  /** What it is known by; whoever knows it may use the program. */
  readonly key: string;
  readonly kind: string;
  readonly script: string | undefined;
  /** The address of its WebSocket, where it has one. */
  readonly socket: string | undefined;
  /** The address of its page, where it has one. */
  readonly page: string | undefined;
  /** What it asks of its clients. */
  readonly secret: string | undefined;
  info(options?: CallOptions): Promise<ProgramInfo>;
  /** What it printed, after the line `after`; with `follow` until it ends. */
  logs(options?: { after?: number; follow?: boolean; signal?: AbortSignal }): AsyncGenerator<ProgramLine, void, void>;
  /** Ends it, and waits until it has ended. */
  terminate(options?: CallOptions): Promise<void>;
  /** Has it ended and does not wait for it; gets through while the page unloads. */
  abandon(): void;
}

export interface Programs {
  /** Launches a program and waits until it is ready. */
  launch(script?: string, options?: ProgramLaunch): Promise<Program>;
  list(options?: CallOptions): Promise<ProgramInfo[]>;
  /** A program that was launched before, maybe by another page. */
  open(key: string, options?: CallOptions): Promise<Program>;
}

/** For `new Wslink(url, options)` of `/tangor/wslink.js`. */
export interface WslinkOptions {
  /** The program's secret. */
  secret?: string;
  /** Ends the connection. */
  signal?: AbortSignal;
  /** Bytes of messages under way from the program; 256 MiB. */
  maxMessage?: number;
  environment?: Partial<Environment>;
}
