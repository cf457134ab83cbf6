/** What the client takes from the world around it; everything can be replaced. */
export interface Environment {
  fetch: typeof globalThis.fetch;
  WebSocket: (new (url: string, protocols?: string | string[]) => WebSocket) | undefined;
  setTimeout(action: () => void, milliseconds: number): any;
  clearTimeout(timer: any): void;
  /** From 0 up to, not including, 1. */
  random(): number;
  /** Is told of errors of the page's own handlers. */
  report(error: unknown): void;
  page: EventTarget | undefined;
  document: (EventTarget & { visibilityState?: string }) | undefined;
}

export interface Progress {
  completed: number;
  total?: number;
  message?: string;
}

export interface Place {
  /** The server's base; where this module came from when absent. */
  url?: string | URL;
  environment?: Partial<Environment>;
}

export interface ConnectOptions extends Place {
  /** `auto` takes the WebSocket and falls back on plain HTTP where it does not get through. */
  transport?: "auto" | "websocket" | "http";
  /** Milliseconds for calls that name none; 0: none. */
  timeout?: number;
  /** Calls that may wait for the connection; 1000. */
  maxQueued?: number;
  /** Milliseconds for one attempt to open the WebSocket; 10,000. */
  connectTimeout?: number;
  /** Milliseconds open after which the back-off starts anew; 5,000. */
  stableAfter?: number;
  /** Milliseconds: first ceiling 500, highest ceiling 30,000, least wait 50. */
  backoff?: { base?: number; cap?: number; floor?: number };
}

export interface CallOptions {
  signal?: AbortSignal;
  /** Milliseconds, the wait for the connection included. */
  timeout?: number;
  /** Send it again, up to three times in all, when the connection breaks under it. */
  idempotent?: boolean;
}

export interface StreamOptions {
  /** For the service, beside those in its query. */
  arguments?: Record<string, unknown>;
  /** Cancels the stream; its loop throws the signal's reason. */
  signal?: AbortSignal;
  /** Values that may be under way or waiting in the page; 32. More than 64 cannot be recovered in full after a break. */
  credit?: number;
  onprogress?: (progress: Progress) => void;
  /** Whether to go on after a broken connection; true. */
  resume?: boolean;
  /** For a stream that is open already: the index after which to start. */
  after?: number;
  /** Leave the stream alive on the server when the loop is left. */
  keep?: boolean;
}

export interface PollOptions {
  signal?: AbortSignal;
  /** Milliseconds between an answer and the next poll; 0. */
  delay?: number;
  /** Polls that may fail in a row with an error that says to try again; 5. */
  retries?: number;
  /** Sees each answer whole. */
  onanswer?: (answer: { state: string; content: any; count?: number }) => void;
}

export type State = "connecting" | "open" | "waiting" | "closed";
export type Transport = "websocket" | "http";

export interface StateChange {
  state: State;
  previous: State;
  transport: Transport | undefined;
  /** Milliseconds until the next attempt, when waiting. */
  retryIn?: number;
  error?: TangorError;
}

/** Whatever went wrong between the page and the server. */
export class TangorError extends Error {
  constructor(
    code: string,
    message: string,
    details?: { status?: number; retry?: boolean; retryAfter?: number; data?: unknown; requestId?: string; cause?: unknown },
  );
  /** Stable name of the error, as the wire contract lists them. */
  code: string;
  /** HTTP status, where the answer came over HTTP. */
  status: number | undefined;
  /** Whether the same request may succeed later. */
  retry: boolean;
  /** Seconds after which to try again, where the server named them. */
  retryAfter: number | undefined;
  data: unknown;
  /** The id under which the server's log has the rest. */
  requestId: string | undefined;
  static fromProblem(body: unknown, status?: number, headers?: { get(name: string): string | null }): TangorError;
  static fromRPC(error: unknown, requestId?: string): TangorError;
  static connectionLost(what: string, cause?: unknown): TangorError;
}

export interface ProgressFeed extends AsyncIterable<Progress> {
  /** The newest report, undefined before the first. */
  readonly latest: Progress | undefined;
}

/** A stream of the server; leaving its loop cancels it there. */
export interface TangorStream<T = any> extends AsyncIterableIterator<T> {
  /** The stream's key on the server; asking for it opens the stream. */
  readonly key: Promise<string>;
  /** The index of the value last received, 0 before the first. */
  readonly index: number;
  readonly progress: ProgressFeed;
  next(): Promise<IteratorResult<T>>;
  return(): Promise<IteratorResult<T>>;
  throw(reason: unknown): Promise<IteratorResult<T>>;
  /** Cancels the stream here and on the server; a loop over it ends. */
  cancel(): void;
}

export interface UploadOptions {
  /** The server's upload folder; `uploads`. */
  folder?: string;
  /** The name to store it under; the file's own. */
  name?: string;
  /** Called after each piece with the bytes that the server has. */
  onProgress?: (progress: { sent: number; total: number }) => void;
  /** Stops the upload; the promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Whether a stopped upload stays on the server, to be gone on with by uploading the same file again; false. */
  keep?: boolean;
  /** Files larger than this many bytes go in pieces and can be resumed; 1 MiB. */
  threshold?: number;
  /** Failures in a row, without a byte getting through, after which it gives up; 8. */
  attempts?: number;
}

export class Tangor extends EventTarget {
  constructor(options?: ConnectOptions);
  readonly base: URL;
  readonly state: State;
  readonly transport: Transport | undefined;
  /** Waits until the connection is open; rejects when it is closed for good. */
  ready(options?: { signal?: AbortSignal }): Promise<void>;
  call<R = any>(method: string, parameters?: unknown, options?: CallOptions): Promise<R>;
  /** False when it was dropped because the connection is not open. */
  notify(method: string, parameters?: unknown): boolean;
  /** Hears the server's notifications of one method; gives a function that stops hearing. */
  on(method: string, handler: (parameters: any) => void): () => void;
  stream<T = any>(service: string | { key: string }, options?: StreamOptions): TangorStream<T>;
  /** Sends a file to one of the server's upload folders; resolves once it is stored there whole. */
  upload(file: Blob & { name?: string; lastModified?: number }, options?: UploadOptions): Promise<{ name: string; size: number }>;
  /** Lets go of what the server kept of an upload that was stopped. */
  forgetUpload(file: Blob & { name?: string; lastModified?: number }, options?: { folder?: string; name?: string }): Promise<void>;
  close(): void;
  addEventListener(
    type: "statechange",
    listener: (event: CustomEvent<StateChange>) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: "error", listener: (event: CustomEvent<TangorError>) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
}

/** Connects to the server that this module came from, or to the one that `url` names. */
export function connect(options?: ConnectOptions): Tangor;

/** A stream over plain HTTP, without a live connection. */
export function stream<T = any>(service: string | URL, options?: StreamOptions & Place): TangorStream<T>;

/** Polls a generator known by a key of the page's choosing until it is done; without a `key` a fresh one is made. */
export function poll<T = any>(address: string | URL, options?: PollOptions & Place): AsyncGenerator<T, void, void>;
