// Written as pages were in 2014, to show that they still run.
(function () {
  "use strict";

  var tangelo = /** @type {any} */ (window).tangelo;
  var output = /** @type {HTMLElement} */ (document.getElementById("output"));
  var status = /** @type {HTMLElement} */ (document.getElementById("status"));
  var remove = /** @type {HTMLButtonElement} */ (document.getElementById("delete"));
  var number = /** @type {HTMLInputElement} */ (document.getElementById("number"));
  var delay = /** @type {HTMLInputElement} */ (document.getElementById("delay"));
  /** @type {string | undefined} */
  var active;

  /** @param {string} kind @param {string} text */
  function say(kind, text) {
    status.setAttribute("data-status", kind);
    status.setAttribute("data-kind", kind);
    status.textContent = text;
  }

  /** @param {string | undefined} key */
  function activate(key) {
    active = key;
    remove.disabled = key === undefined;
  }

  /** @param {any} error */
  function fail(error) {
    var answer = error.responseJSON;
    say("error", (answer && answer.error) || "The request failed with status " + error.status + ".");
  }

  /** @type {HTMLElement} */ (document.getElementById("form")).onsubmit = function (event) {
    event.preventDefault();
    if (active !== undefined) tangelo.stream["delete"](active);
    output.textContent = "";
    var url = "prime-factors?n=" + encodeURIComponent(number.value);
    tangelo.stream.start(url, function (/** @type {string} */ key, /** @type {any} */ error) {
      if (error) return fail(error);
      activate(key);
      say("running", "The stream has the key " + key + ".");
      tangelo.stream.run(
        key,
        function (/** @type {any} */ factor, /** @type {any} */ finished) {
          if (active !== key) return false;
          if (finished === true) {
            activate(undefined);
            say("finished", "Finished.");
          } else if (finished) {
            activate(undefined);
            fail(finished);
          } else {
            var chip = document.createElement("span");
            chip.textContent = String(factor);
            output.appendChild(chip);
            return { delay: Number(delay.value) };
          }
        },
        Number(delay.value)
      );
    });
  };

  remove.onclick = function () {
    var key = active;
    activate(undefined);
    tangelo.stream["delete"](key, function (/** @type {any} */ _, /** @type {any} */ error) {
      if (error) fail(error);
      else say("stopped", "Deleted.");
    });
  };
})();
