import type { Programs } from "./programs-and-wslink";
export type * from "./programs-and-wslink";

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

/** JSON Schema, as far as descriptions use it. */
export interface Schema {
  type?: string | string[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  enum?: unknown[];
  anyOf?: Schema[];
  nullable?: boolean;
  [keyword: string]: unknown;
}

export interface ParameterDescription {
  name: string;
  type: string;
  schema?: Schema;
  required: boolean;
  /** Source text of the default. */
  default?: string;
  doc?: string;
}

export interface MemberDescription {
  name: string;
  kind: "property" | "method" | "object";
  type: string;
  schema?: Schema;
  doc?: string;
  source?: string;
  /** Properties. */
  settable?: boolean;
  deletable?: boolean;
  /** The channel that a tracked property publishes to. */
  channel?: string;
  /** Methods. */
  parameters?: ParameterDescription[];
  async?: boolean;
  throws?: boolean;
  locking?: boolean;
  synchronous?: boolean;
  stream?: boolean;
  /** What a stream's values are, where a method returns a sequence. */
  element?: { type: string; schema: unknown };
  /** Objects. */
  members?: MemberDescription[];
}

export interface ObjectDescription {
  path: string;
  name: string;
  kind: "object";
  type: string;
  doc?: string;
  members: MemberDescription[];
}

/** A property of an object: a promise of its value whenever it is awaited. */
export interface TangorProperty<T> extends PromiseLike<T> {
  readonly $path: string;
  catch<R = never>(failed?: ((reason: any) => R | PromiseLike<R>) | null): Promise<T | R>;
  finally(done?: (() => void) | null): Promise<T>;
}

/** A method of an object. */
export interface TangorMethod<Parameters extends unknown[], Named, Result> {
  (...values: Parameters): Promise<Result>;
  readonly $path: string;
  /** Calls with arguments by name (or an array of them), and with options. */
  $with(values: Named | Parameters, options?: CallOptions): Promise<Result>;
  $describe(options?: CallOptions): Promise<MemberDescription>;
}

/** A method whose result is a stream: `for await (const value of object.method())`. */
export interface TangorStreamMethod<Parameters extends unknown[], Named, T> {
  (...values: Parameters): Promise<TangorStream<T>> & AsyncIterable<T>;
  readonly $path: string;
  $with(values: Named | Parameters, options?: CallOptions): Promise<TangorStream<T>> & AsyncIterable<T>;
  $describe(options?: CallOptions): Promise<MemberDescription>;
}

/** What every object of the server has besides its members. */
export interface TangorObject {
  readonly $path: string;
  $describe(options?: CallOptions): Promise<ObjectDescription>;
}

export interface ChannelPosition {
  epoch: string;
  offset: number;
}

export interface ChannelMessage<T = any> extends ChannelPosition {
  channel: string;
  /** A `Uint8Array` where the payload is binary. */
  data: T;
  /** True for a message that was missed while the connection was broken, where that is known; false where what was missed is gone. */
  recovered?: boolean;
  /** The retained value, not news. */
  isLatest?: boolean;
  /** Messages that were skipped right before this one. */
  lost?: number;
}

/** Messages up to this position were lost. */
export interface ChannelLoss extends ChannelPosition {
  channel: string;
  /** Absent where nobody knows. */
  count?: number;
  /** False where a broken connection was the cause, and the history no longer reached back. */
  recovered?: false;
}

export interface ChannelClient {
  id: string;
  info?: any;
}

/** What happens to a reader that is too slow: closed when history no longer reaches, conflated, told of a gap, closed at once. */
export type ChannelPolicy = "all" | "latest" | "dropOldest" | "close";

export type ChannelHandler<T = any> = (value: T, message: ChannelMessage<T>) => void;

export interface ChannelOptions {
  /** `dropOldest` when absent. Where subscriptions of a page to one name differ, the one that loses least holds. */
  policy?: ChannelPolicy;
  /** Begin with the retained value; true. */
  latest?: boolean;
  /** Hear who comes and goes, where the server has presence on. */
  presence?: boolean;
  /** What others see of this page, up to 1 KiB of JSON. */
  info?: unknown;
  /** Positions from which to go on, as `positions` of an earlier subscription gave them. */
  from?: { [channel: string]: ChannelPosition };
  /** Ends the subscription. */
  signal?: AbortSignal;
  /** Messages that may wait for a loop; 1000. With the policy `latest`, one for each channel. */
  buffer?: number;
  onlost?: (loss: ChannelLoss) => void;
}

/** One subscription. Leaving a loop over it ends it, unless it has a handler. */
export interface ChannelSubscription extends EventTarget, AsyncIterable<ChannelMessage> {
  readonly names: readonly string[];
  /** Settles once all names are in force; rejects when the server refuses them. */
  readonly ready: Promise<void>;
  readonly positions: { [channel: string]: ChannelPosition };
  unsubscribe(): void;
  addEventListener(type: "lost", listener: (event: CustomEvent<ChannelLoss>) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(
    type: "joined" | "left",
    listener: (event: CustomEvent<{ channel: string; client: ChannelClient }>) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: "error", listener: (event: CustomEvent<TangorError>) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
}

export interface Channels {
  subscribe(
    names: string | readonly string[],
    handler?: ChannelHandler | Record<string, ChannelHandler>,
    options?: ChannelOptions,
  ): ChannelSubscription;
  subscribe(handlers: Record<string, ChannelHandler>, options?: ChannelOptions): ChannelSubscription;
  /** This page's own id in presence lists. */
  readonly client: string | undefined;
  list(pattern?: string, options?: CallOptions): Promise<string[]>;
  publish(name: string, value: unknown, options?: CallOptions): Promise<ChannelPosition & { channel: string }>;
  /** Publishes without an answer; false when it was dropped because the connection is not open. */
  send(name: string, value: unknown): boolean;
  /** Undefined when nothing was published yet. */
  latest(name: string, options?: { signal?: AbortSignal }): Promise<ChannelMessage | undefined>;
  history(
    name: string,
    options?: { after?: ChannelPosition; limit?: number } & CallOptions,
  ): Promise<{ epoch: string; offset: number; recovered?: boolean; messages: ChannelMessage[] }>;
  presence(name: string, options?: CallOptions): Promise<ChannelClient[]>;
}

export interface SignalWaitOptions {
  /** How long to wait: milliseconds, or a text such as `"5s"`; 30 s. Beyond, the error is `signal_timeout`. */
  timeout?: number | string;
  /** Ends the wait; the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

export interface SignalSendOptions {
  /** Whom it wakes: all who wait, or the one that has waited longest; `all`. */
  to?: "all" | "first";
  /** How long it is kept for the next one who waits, when it wakes nobody: milliseconds, a text such as `"1m"`, or true. */
  sticky?: number | string | boolean;
  signal?: AbortSignal;
}

export interface Signals {
  /** Waits for a signal and gives what was sent with it. */
  wait<T = any>(name: string, options?: SignalWaitOptions): Promise<T>;
  /** Waits for the first of several signals. */
  wait<T = any>(names: readonly string[], options?: SignalWaitOptions): Promise<{ name: string; value: T }>;
  send(name: string, value?: unknown, options?: SignalSendOptions): Promise<{ woken: number; kept: boolean }>;
}

export class Tangor extends EventTarget {
  constructor(options?: ConnectOptions);
  readonly base: URL;
  readonly state: State;
  readonly transport: Transport | undefined;
  readonly channels: Channels;
  readonly signals: Signals;
  readonly programs: Programs;
  /** Waits until the connection is open; rejects when it is closed for good. */
  ready(options?: { signal?: AbortSignal }): Promise<void>;
  call<R = any>(method: string, parameters?: unknown, options?: CallOptions): Promise<R>;
  /** False when it was dropped because the connection is not open. */
  notify(method: string, parameters?: unknown): boolean;
  /** Hears the server's notifications of one method; gives a function that stops hearing. */
  on(method: string, handler: (parameters: any) => void): () => void;
  stream<T = any>(service: string | { key: string }, options?: StreamOptions): TangorStream<T>;
  /**
   * An object of the server. `tangor types` writes its declaration, to be given as `T`. Names that begin with `$` are the client's own.
   * A failed assignment or `delete` is told by the connection's `error` event.
   */
  object<T = any>(name: string, options?: CallOptions): Promise<T>;
  objects(): Promise<string[]>;
  describe<D = ObjectDescription & MemberDescription>(path: string, options?: CallOptions): Promise<D>;
  get<T = any>(path: string, options?: CallOptions): Promise<T>;
  set(path: string, value: unknown, options?: CallOptions): Promise<void>;
  delete(path: string, options?: CallOptions): Promise<void>;
  callObject<R = any>(
    path: string,
    values?: readonly unknown[] | Record<string, unknown>,
    options?: CallOptions,
  ): Promise<R> & AsyncIterable<any>;
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
