/**
 * Keeps a field and a value of the server in step without taking the field out of the user's hands. A pure state
 * machine: values of the server are shown unless the user is at work; what the user types goes out one change at a time,
 * the newest last.
 */
export class InputSync {
  /** The user changed the field, and that is not on the server yet. */ isDirty = false;
  isSending = false;
  isBusy = false;
  /** @type {{value: any} | undefined} the server's value that is not shown yet */ #pending;
  #edits = 0;
  #sent = 0;

  /**
   * The server's value came.
   *
   * @param {any} value
   * @returns {{value: any} | undefined} what to show now
   */
  remote(value) {
    this.#pending = { value };
    return this.#show();
  }

  /** The user changed the field. */
  edited() {
    this.#edits += 1;
    this.isDirty = true;
  }

  /**
   * The user is at work in the field, or leaves it.
   *
   * @param {boolean} isBusy
   * @returns {{value: any} | undefined} what to show now
   */
  busy(isBusy) {
    this.isBusy = isBusy;
    return this.#show();
  }

  /** @returns {boolean} whether the field's content is to be sent now; if so, it counts as sent */
  send() {
    if (!this.isDirty || this.isSending) return false;
    this.isSending = true;
    this.#sent = this.#edits;
    // What the server said before the user's own change is history.
    this.#pending = undefined;
    return true;
  }

  /**
   * The server answered what was sent.
   *
   * @param {boolean} isTaken false when it was refused: the user's text stays, to be mended
   * @returns {{show?: {value: any}, sendAgain: boolean}}
   */
  answered(isTaken) {
    this.isSending = false;
    const isNewest = this.#sent === this.#edits;
    if (isNewest && isTaken) this.isDirty = false;
    return { show: this.#show(), sendAgain: !isNewest };
  }

  /**
   * The user gives up the change.
   *
   * @param {any} value the server's last value
   * @returns {{value: any} | undefined}
   */
  revert(value) {
    if (this.isSending) return undefined;
    this.isDirty = false;
    this.#pending = undefined;
    return { value };
  }

  /** @returns {{value: any} | undefined} */
  #show() {
    if (this.isDirty || this.isSending || this.isBusy) return undefined;
    const shown = this.#pending;
    this.#pending = undefined;
    return shown;
  }
}
