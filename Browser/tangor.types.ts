// Checked, never loaded: what the modules really export fits the declarations in tangor.d.ts.
import * as declared from "./tangor";
import { TangorStream } from "./stream.js";
import { TangorError } from "./errors.js";
import { Channels } from "./channels/channels.js";
import { Signals } from "./signals.js";
import { Program, Programs } from "./programs.js";
import { LiveConnection } from "./live.js";

type Fits<Declared, Actual extends Declared> = Actual;
export type Checks = [
  Fits<declared.TangorStream<number>, TangorStream<number>>,
  Fits<declared.TangorError, TangorError>,
  Fits<Omit<declared.Channels, "subscribe">, Channels>,
  Fits<Omit<declared.Signals, "wait">, Signals>,
  Fits<declared.Program, Program>,
  Fits<declared.Programs, Programs>,
  Fits<declared.State, LiveConnection["state"]>,
];
