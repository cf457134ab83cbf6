import { Backoff } from "./backoff.js";
import { ChunkSize } from "./chunks.js";
import { pause, resolve } from "./environment.js";
import { TangorError } from "./errors.js";

/**
 * @typedef {import("./environment.js").Environment} Environment
 * @typedef {import("./http.js").HTTPDoor} HTTPDoor
 *
 * @typedef {object} UploadProgress
 * @property {number} sent bytes that the server has
 * @property {number} total bytes of the file
 *
 * @typedef {object} UploadOptions
 * @property {string} [folder] the server's upload folder, `uploads` by default
 * @property {string} [name] the name to store it under; the file's own by default
 * @property {(progress: UploadProgress) => void} [onProgress] called after each piece
 * @property {AbortSignal} [signal] stops the upload; the promise rejects with the signal's reason
 * @property {boolean} [keep] whether a stopped upload stays on the server, to be gone on with by uploading the same file
 *   again; otherwise the server is told to forget it
 * @property {number} [threshold] files larger than this many bytes (1 MiB) go in pieces and can be resumed
 * @property {number} [attempts] failures in a row, without a byte getting through, after which it gives up (8)
 *
 * @typedef {object} Memory where the addresses of unfinished uploads are kept
 * @property {(key: string) => string | null} getItem
 * @property {(key: string, value: string) => void} setItem
 * @property {(key: string) => void} removeItem
 */

const version = { "Tus-Resumable": "1.0.0" };

/** Sends files to the server's upload folders: small ones whole with PUT, larger ones in pieces by the tus protocol. */
export class Uploads {
  /**
   * @param {HTTPDoor} http
   * @param {Environment} world
   * @param {Memory} [memory] the browser's local storage where it may be used, so that uploads can be resumed after a reload
   */
  constructor(http, world, memory = localMemory()) {
    this.http = http;
    this.world = world;
    this.memory = memory;
  }

  /**
   * @param {Blob & {name?: string, lastModified?: number}} file
   * @param {UploadOptions} [options]
   * @returns {Promise<{name: string, size: number}>} once the server has stored it whole
   */
  async upload(file, options = {}) {
    const name = options.name ?? file.name ?? "";
    if (name === "") throw new TypeError("The upload has no name. Give one: upload(blob, { name: \"report.csv\" }).");
    options.signal?.throwIfAborted();
    options.onProgress?.({ sent: 0, total: file.size });
    const folder = trimSlashes(options.folder ?? "uploads");
    if (file.size > (options.threshold ?? 1_048_576)) {
      await new ResumableUpload(this, file, name, folder, options).run();
    } else {
      await this.http.request(`${folder}/${encodeURIComponent(name)}`, {
        method: "PUT",
        body: file,
        headers: { "Content-Type": file.type || "application/octet-stream", Accept: "application/json" },
        signal: options.signal,
      });
      options.onProgress?.({ sent: file.size, total: file.size });
    }
    return { name, size: file.size };
  }

  /**
   * Lets go of what the server kept of an upload that was stopped; nothing happens where it kept none.
   *
   * @param {Blob & {name?: string, lastModified?: number}} file
   * @param {{folder?: string, name?: string}} [options] as for the upload
   */
  async forget(file, options = {}) {
    const key = memoryKey(this.http, file, options.name ?? file.name ?? "", trimSlashes(options.folder ?? "uploads"));
    const address = this.memory.getItem(key);
    this.memory.removeItem(key);
    if (!address?.startsWith(this.http.base.href)) return;
    await this.http.request(address, { method: "DELETE", headers: version }).catch((error) => {
      // What the server knows no more is forgotten already.
      if (error?.status !== 404) throw error;
    });
  }
}

/**
 * What a file is known again by.
 *
 * @param {HTTPDoor} http
 * @param {Blob & {lastModified?: number}} file
 * @param {string} name
 * @param {string} folder
 */
function memoryKey(http, file, name, folder) {
  return `tangor.upload ${resolve(http.base, folder)} ${name} ${file.size} ${file.lastModified ?? 0}`;
}

/** One file that goes in pieces. */
class ResumableUpload {
  /** @type {URL | undefined} */ #address;
  #chunk = new ChunkSize();
  #offset = 0;
  /** Failures since the last byte that got through. */
  #failures = 0;
  /** @type {Backoff} */ #backoff;

  /**
   * @param {Uploads} uploads
   * @param {Blob & {lastModified?: number}} file
   * @param {string} name
   * @param {string} folder
   * @param {UploadOptions} options
   */
  constructor({ http, world, memory }, file, name, folder, options) {
    this.http = http;
    this.world = world;
    this.memory = memory;
    this.file = file;
    this.name = name;
    this.folder = folder;
    this.options = options;
    this.attempts = options.attempts ?? 8;
    this.key = memoryKey(http, file, name, folder);
    this.#backoff = new Backoff({}, world.random);
  }

  async run() {
    const { signal } = this.options;
    const known = this.memory.getItem(this.key);
    // The memory outlives the server's address only where somebody wrote to it: nothing is sent elsewhere.
    if (known?.startsWith(this.http.base.href)) this.#address = new URL(known);
    // Whether the server's offset has to be asked for before the next piece.
    let isSure = this.#address === undefined;
    try {
      while (this.#address === undefined || !isSure || this.#offset < this.file.size) {
        signal?.throwIfAborted();
        try {
          if (this.#address === undefined) await this.#create();
          else if (!isSure) await this.#ask();
          else await this.#send();
          isSure = true;
        } catch (error) {
          signal?.throwIfAborted();
          isSure = false;
          await this.#recover(error);
        }
      }
    } catch (error) {
      // What may succeed later stays on the server: the same file goes on where this attempt ended.
      const isKept = signal?.aborted ? this.options.keep : /** @type {any} */ (error)?.retry;
      if (!isKept) this.#forget();
      throw error;
    }
    this.memory.removeItem(this.key);
  }

  async #create() {
    const type = this.file.type || "application/octet-stream";
    const url = resolve(this.http.base, this.folder);
    const response = await this.#request(url, "POST", {
      "Upload-Length": String(this.file.size),
      "Upload-Metadata": `filename ${base64(this.name)},filetype ${base64(type)}`,
    });
    const location = response.headers.get("Location");
    if (location === null) throw new TangorError("protocol_error", "The server did not say where the upload goes on.");
    this.#address = this.#resolve(location, url);
    this.#offset = 0;
    this.memory.setItem(this.key, this.#address.href);
  }

  /**
   * The upload's address below our own base: a proxy may have cut a prefix that the server does not know of.
   *
   * @param {string} location
   * @param {URL} url
   */
  #resolve(location, url) {
    const { pathname } = new URL(location, url);
    const mark = `/${this.folder}/`;
    const at = pathname.lastIndexOf(mark);
    return resolve(this.http.base, at < 0 ? new URL(location, url) : pathname.slice(at));
  }

  async #ask() {
    const response = await this.#request(this.#place, "HEAD");
    const length = response.headers.get("Upload-Length");
    if (length !== null && Number(length) !== this.file.size) {
      this.#forget();
      return;
    }
    this.#moved(readOffset(response));
  }

  async #send() {
    const piece = this.file.slice(this.#offset, this.#offset + this.#chunk.bytes);
    const began = performance.now();
    const response = await this.#request(
      this.#place,
      "PATCH",
      { "Upload-Offset": String(this.#offset), "Content-Type": "application/offset+octet-stream" },
      piece,
    );
    this.#chunk.took(piece.size, (performance.now() - began) / 1_000);
    this.#moved(readOffset(response));
  }

  get #place() {
    return /** @type {URL} */ (this.#address);
  }

  /** @param {number} offset */
  #moved(offset) {
    if (offset > this.file.size) throw new TangorError("protocol_error", "The server says that it has more than the file.");
    if (offset > this.#offset) {
      this.#failures = 0;
      this.#backoff.reset();
    }
    this.#offset = offset;
    this.options.onProgress?.({ sent: offset, total: this.file.size });
  }

  /**
   * Waits for the next attempt, or throws what cannot be helped.
   *
   * @param {any} error
   */
  async #recover(error) {
    const status = error instanceof TangorError ? error.status : undefined;
    const hasAddress = this.#address !== undefined;
    // Another request of ours may still hold the upload, or have brought more of it than we know.
    const isElsewhere = hasAddress && (status === 423 || (status === 409 && error.code !== "file_exists"));
    if (hasAddress && (status === 404 || status === 410)) {
      // The server forgot it: from the beginning.
      this.#forget();
      this.options.onProgress?.({ sent: 0, total: this.file.size });
    } else if (!isElsewhere && (!error?.retry || status === 507)) {
      // No room, above all: that is for the person to decide, not to wait for.
      throw error;
    }
    this.#failures += 1;
    if (this.#failures >= this.attempts) throw error;
    this.#chunk.failed();
    const wait = Math.max(this.#backoff.next(), (error.retryAfter ?? 0) * 1_000);
    await pause(this.world, wait, this.options.signal);
  }

  /** Tells the server to let go of what it has, without waiting for the answer; its lease ends what does not hear. */
  #forget() {
    const address = this.#address;
    this.#address = undefined;
    this.#offset = 0;
    this.memory.removeItem(this.key);
    if (address === undefined) return;
    this.http.request(address, { method: "DELETE", headers: version, keepalive: true }).catch(() => {});
  }

  /**
   * @param {URL} url
   * @param {string} method
   * @param {Record<string, string>} [headers]
   * @param {Blob} [body]
   */
  #request(url, method, headers = {}, body) {
    return this.http.request(url, { method, headers: { ...version, ...headers }, body, signal: this.options.signal });
  }
}

/**
 * @param {Response} response
 * @returns {number}
 */
function readOffset(response) {
  const text = response.headers.get("Upload-Offset");
  if (text === null || !/^[0-9]{1,15}$/.test(text)) throw new TangorError("protocol_error", "The server did not say how much it has.");
  return Number(text);
}

/**
 * @param {string} text
 * @returns {string}
 */
function base64(text) {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}

/** @param {string} text */
function trimSlashes(text) {
  return text.replace(/^\/+|\/+$/g, "");
}

/** @returns {Memory} */
function localMemory() {
  /** @type {Map<string, string>} */
  const fallback = new Map();
  // Local storage is missing outside of pages, refused to some, and full for others: uploads go on without it.
  const storage = () => /** @type {any} */ (globalThis).localStorage;
  const attempt = (/** @type {() => any} */ use, /** @type {() => any} */ otherwise) => {
    try {
      return storage() === undefined ? otherwise() : use();
    } catch {
      return otherwise();
    }
  };
  return {
    getItem: (key) => attempt(() => storage().getItem(key), () => null) ?? fallback.get(key) ?? null,
    setItem: (key, value) => attempt(() => storage().setItem(key, value), () => fallback.set(key, value)),
    removeItem: (key) => {
      fallback.delete(key);
      attempt(() => storage().removeItem(key), () => {});
    },
  };
}
