import { countdown } from "./demos/countdown.js";
import { digest } from "./demos/digest.js";
import { echo } from "./demos/echo.js";
import { log } from "./demos/log.js";
import { mandelbrot } from "./demos/mandelbrot.js";
import { primeFactors } from "./demos/prime-factors.js";
import { prime } from "./demos/prime.js";
import { primes } from "./demos/primes.js";

/**
 * All demonstrations in the order of the page.
 * @type {import("./gallery.js").Demo[]}
 */
export const demos = [mandelbrot, primes, primeFactors, log, prime, countdown, echo, digest];
