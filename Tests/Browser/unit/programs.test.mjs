import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../../Browser/tangor.js";
import { FakeSocket, json, scripted, settle, world } from "./world.mjs";

const url = "http://host/app/";
const launched = {
  status: "complete", key: "k1", id: "k1", kind: "vtkweb", socket: "/k1/ws", page: null, url: "ws://host/k1/ws", sessionURL: "ws://host/k1/ws", secret: "s",
};

function opened(options = {}) {
  const made = world(options);
  const tangor = connect({ url, environment: made.environment });
  FakeSocket.last.open();
  return { tangor, ...made };
}

test("a launch says what is wanted, and gives the program with its addresses below the page's base", async () => {
  const { tangor } = opened();
  const launch = tangor.programs.launch("cone.py", { arguments: "--resolution 6", timeout: 2_500 });
  await settle();
  assert.deepEqual(FakeSocket.last.requests("program.launch")[0].params, { kind: "vtkweb", script: "cone.py", arguments: "--resolution 6", timeout: 2.5 });
  FakeSocket.last.answer("program.launch", launched);
  const program = await launch;
  assert.deepEqual({ ...program }, { key: "k1", kind: "vtkweb", script: undefined, socket: "ws://host/app/k1/ws", page: undefined, secret: "s" });
});

test("kinds without scripts, with a page and no socket", async () => {
  const { tangor } = opened();
  const launch = tangor.programs.launch(undefined, { kind: "bokeh", arguments: ["a b", "c"] });
  await settle();
  assert.deepEqual(FakeSocket.last.requests("program.launch")[0].params, { kind: "bokeh", arguments: ["a b", "c"] });
  FakeSocket.last.answer("program.launch", { ...launched, kind: "bokeh", socket: null, page: "/program/k1/" });
  const program = await launch;
  assert.deepEqual([program.socket, program.page], [undefined, "http://host/app/program/k1/"]);
});

test("a launch that fails tells why; one that is given up rejects with the signal's reason", async () => {
  const { tangor } = opened();
  const launch = tangor.programs.launch("cone.py");
  await settle();
  const [request] = FakeSocket.last.requests("program.launch");
  const data = { code: "program_failed", status: 502, detail: "It ended with status 1.", stderr: ["no vtk\n"] };
  FakeSocket.last.say({ jsonrpc: "2.0", id: request.id, error: { code: -32091, message: "It ended with status 1.", data } });
  await assert.rejects(launch, (error) => error.code === "program_failed" && error.status === 502 && error.data.stderr[0] === "no vtk\n");
  const stop = new AbortController();
  const given = tangor.programs.launch("cone.py", { signal: stop.signal });
  await settle();
  stop.abort(new Error("enough"));
  await assert.rejects(given, /enough/);
});

test("programs are listed, joined, asked and ended", async () => {
  const { tangor } = opened();
  const list = tangor.programs.list();
  await settle();
  FakeSocket.last.answer("program.list", [{ key: "k1" }]);
  assert.deepEqual(await list, [{ key: "k1" }]);
  const join = tangor.programs.open("k1");
  await settle();
  FakeSocket.last.answer("program.info", { key: "k1", kind: "vtkweb", script: "cone.py", process: "running", socket: "/k1/ws", page: null, secret: "s", sockets: 1 });
  const program = await join;
  assert.deepEqual([program.script, program.socket], ["cone.py", "ws://host/app/k1/ws"]);
  const info = program.info();
  await settle();
  FakeSocket.last.answer("program.info", { key: "k1", process: "terminated", returncode: -9 });
  assert.equal((await info).returncode, -9);
  const end = program.terminate();
  await settle();
  assert.deepEqual(FakeSocket.last.requests("program.terminate")[0].params, { key: "k1" });
  FakeSocket.last.answer("program.terminate", { key: "k1" });
  await end;
});

test("lines are read until there are none", async () => {
  const { tangor } = opened();
  const join = tangor.programs.open("k1");
  await settle();
  FakeSocket.last.answer("program.info", { key: "k1", kind: "vtkweb" });
  const program = await join;
  const lines = [];
  const read = (async () => {
    for await (const line of program.logs({ after: 4 })) lines.push(line.text);
  })();
  await settle();
  FakeSocket.last.answer("program.logs", { lines: [{ index: 5, stream: "stdout", text: "a" }, { index: 6, stream: "stderr", text: "b" }], next: 7, finished: false });
  await settle();
  FakeSocket.last.answer("program.logs", { lines: [], next: 7, finished: false });
  await read;
  assert.deepEqual(lines, ["a", "b"]);
  assert.deepEqual(FakeSocket.last.requests("program.logs").map(({ params }) => params), [{ key: "k1", after: 4 }, { key: "k1", after: 6 }]);
});

test("lines are followed as a stream", async () => {
  const { tangor } = opened();
  const join = tangor.programs.open("k1");
  await settle();
  FakeSocket.last.answer("program.info", { key: "k1", kind: "vtkweb" });
  const program = await join;
  const lines = [];
  const read = (async () => {
    for await (const line of program.logs({ follow: true })) lines.push(line.text);
  })();
  await settle();
  assert.deepEqual(FakeSocket.last.requests("program.logs")[0].params, { key: "k1", stream: true });
  FakeSocket.last.answer("program.logs", { key: "s1" });
  await settle();
  FakeSocket.last.answer("stream.subscribe", {});
  FakeSocket.last.notify("stream.value", { key: "s1", index: 1, data: { index: 1, stream: "stdout", text: "one" } });
  FakeSocket.last.notify("stream.finished", { key: "s1", index: 1 });
  await read;
  assert.deepEqual(lines, ["one"]);
});

test("without WebSockets the same goes over HTTP, and leaving the page sends a request of its own", async () => {
  const { fetch, requests } = scripted(async (address, init) => {
    if (init.method === "DELETE") return json({ status: "complete", key: "k/1" });
    const { id, method } = JSON.parse(init.body);
    return json({ jsonrpc: "2.0", id, result: method === "program.launch" ? { ...launched, key: "k/1" } : [] });
  });
  const { environment } = world({ fetch, sockets: false });
  const tangor = connect({ url, environment, transport: "http" });
  const program = await tangor.programs.launch("cone.py");
  assert.deepEqual(await tangor.programs.list(), []);
  program.abandon();
  await settle();
  const last = requests.at(-1);
  assert.deepEqual([last.method, last.url.pathname, last.init.keepalive], ["DELETE", "/app/programs/k%2F1", true]);
});
