import assert from "node:assert/strict";
import { test } from "node:test";
import { ChunkSize } from "../../../Browser/chunks.js";
import { HTTPDoor } from "../../../Browser/http.js";
import { Uploads } from "../../../Browser/uploads.js";
import { json, scripted, settle, world } from "./world.mjs";

const base = new URL("http://server.test/base/");

/** A tus server of one upload, which fails where the test says so. */
function tus({ fail = () => undefined, location = "/base/uploads/.tus/k1" } = {}) {
  const state = { bytes: undefined, length: 0, metadata: undefined, created: 0, deleted: 0 };
  const { fetch, requests } = scripted(async (url, init, count) => {
    const broken = await fail({ url, init, count, state });
    if (broken !== undefined) return broken;
    const headers = new Headers(init.headers);
    if (init.method === "POST") {
      state.created += 1;
      state.bytes = new Uint8Array();
      state.length = Number(headers.get("Upload-Length"));
      state.metadata = headers.get("Upload-Metadata");
      return new Response(null, { status: 201, headers: { Location: location } });
    }
    assert.equal(url.pathname, "/base/uploads/.tus/k1");
    if (init.method === "DELETE") {
      state.deleted += 1;
      state.bytes = undefined;
      return new Response(null, { status: 204 });
    }
    if (state.bytes === undefined) return json({ code: "not_found", detail: "gone", status: 404 }, 404);
    if (init.method === "PATCH") {
      assert.equal(headers.get("Content-Type"), "application/offset+octet-stream");
      if (Number(headers.get("Upload-Offset")) !== state.bytes.length) return json({ code: "conflict", detail: "elsewhere" }, 409);
      const piece = new Uint8Array(await init.body.arrayBuffer());
      state.bytes = Uint8Array.from([...state.bytes, ...piece]);
    }
    return new Response(null, {
      status: init.method === "HEAD" ? 200 : 204,
      headers: { "Upload-Offset": String(state.bytes.length), "Upload-Length": String(state.length) },
    });
  });
  return { fetch, requests, state };
}

function storage() {
  const kept = new Map();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
}

function uploads(fetch, memory = storage()) {
  const { environment, clock } = world({ fetch });
  return { uploads: new Uploads(new HTTPDoor(base, environment), environment, memory), clock, memory };
}

function file(size, name = "größe.bin") {
  const content = Uint8Array.from({ length: size }, (_, index) => (index * 31) % 251);
  return new File([content], name, { lastModified: 7, type: "application/x-test" });
}

async function content(blob) {
  return new Uint8Array(await blob.arrayBuffer());
}

test("a small file goes whole, under its name", async () => {
  const { fetch, requests } = scripted(async () => json({}, 201));
  const seen = [];
  const answer = await uploads(fetch).uploads.upload(file(10, "a b/ü?.txt"), { onProgress: ({ sent }) => seen.push(sent) });
  assert.deepEqual(answer, { name: "a b/ü?.txt", size: 10 });
  assert.equal(requests[0].method, "PUT");
  assert.equal(requests[0].url.href, "http://server.test/base/uploads/a%20b%2F%C3%BC%3F.txt");
  assert.equal(requests[0].init.headers["Content-Type"], "application/x-test");
  assert.deepEqual(seen, [0, 10]);
});

test("a refusal is the server's own error", async () => {
  const { fetch, requests } = scripted(async () => json({ code: "unsupported_media_type", detail: "No .exe here.", status: 415 }, 415));
  await assert.rejects(uploads(fetch).uploads.upload(file(10)), { code: "unsupported_media_type", message: "No .exe here." });
  assert.equal(requests.length, 1);
});

test("a large file goes in pieces and arrives whole", async () => {
  const server = tus();
  const { uploads: sender, memory } = uploads(server.fetch);
  const sent = [];
  const original = file(700_000);
  await sender.upload(original, { threshold: 100, onProgress: (progress) => sent.push(progress.sent) });
  assert.deepEqual(server.state.bytes, await content(original));
  assert.equal(server.state.metadata, `filename ${btoa("gr\u00c3\u00b6\u00c3\u009fe.bin")},filetype ${btoa("application/x-test")}`);
  assert.ok(sent.length > 2 && sent.every((value, index) => index === 0 || value > sent[index - 1]), String(sent));
  assert.equal(sent.at(-1), 700_000);
  assert.equal(memory.kept.size, 0, "a finished upload is not remembered");
});

test("a broken connection is asked for its offset and gone on with", async () => {
  let broke = 0;
  const server = tus({
    fail: async ({ init, state }) => {
      // The piece arrives in part, and its answer never.
      if (init.method === "PATCH" && state.bytes.length > 0 && broke < 2) {
        broke += 1;
        const half = new Uint8Array(await init.body.slice(0, init.body.size / 2).arrayBuffer());
        state.bytes = Uint8Array.from([...state.bytes, ...half]);
        throw new TypeError("network");
      }
      return undefined;
    },
  });
  const { uploads: sender, clock } = uploads(server.fetch);
  const original = file(600_000);
  const done = sender.upload(original, { threshold: 100 });
  let ended = false;
  done.finally(() => (ended = true));
  for (let step = 0; step < 200 && !ended; step += 1) {
    await settle();
    await clock.advance(1_000);
  }
  await done;
  assert.equal(broke, 2);
  assert.deepEqual(server.state.bytes, await content(original));
  assert.equal(server.state.created, 1);
  assert.equal(server.requests.filter(({ method }) => method === "HEAD").length, 2);
});

test("an upload that the server forgot begins anew", async () => {
  let forgot = false;
  const server = tus({
    fail: ({ init, state }) => {
      if (init.method === "PATCH" && state.bytes?.length > 0 && !forgot) {
        forgot = true;
        state.bytes = undefined;
      }
      return undefined;
    },
  });
  const { uploads: sender, clock } = uploads(server.fetch);
  const original = file(600_000);
  const done = sender.upload(original, { threshold: 100 });
  let ended = false;
  done.finally(() => (ended = true));
  for (let step = 0; step < 200 && !ended; step += 1) {
    await settle();
    await clock.advance(1_000);
  }
  await done;
  assert.deepEqual(server.state.bytes, await content(original));
  assert.equal(server.state.created, 2);
});

test("it gives up when nothing gets through, and the same file goes on later", async () => {
  let isDown = false;
  const server = tus({
    fail: ({ init, state }) => {
      if (init.method === "PATCH" && state.bytes.length > 0) isDown = true;
      if (isDown) throw new TypeError("network");
      return undefined;
    },
  });
  const { uploads: sender, clock, memory } = uploads(server.fetch);
  const original = file(600_000);
  const done = assert.rejects(sender.upload(original, { threshold: 100, attempts: 3 }), { code: "connection_lost" });
  let ended = false;
  done.finally(() => (ended = true));
  for (let step = 0; step < 200 && !ended; step += 1) {
    await settle();
    await clock.advance(1_000);
  }
  await done;
  const before = server.state.bytes.length;
  assert.ok(before > 0 && memory.kept.size === 1);

  const healthy = tus();
  healthy.state.bytes = server.state.bytes;
  healthy.state.length = original.size;
  const first = [];
  await uploads(healthy.fetch, memory).uploads.upload(original, { threshold: 100, onProgress: ({ sent }) => first.push(sent) });
  assert.deepEqual(healthy.state.bytes, await content(original));
  assert.equal(healthy.state.created, 0);
  assert.equal(first[1], before);
});

test("stopping tells the server to forget, unless the upload is kept", async () => {
  for (const keep of [false, true]) {
    const server = tus();
    const { uploads: sender, memory } = uploads(server.fetch);
    const stop = new AbortController();
    const onProgress = ({ sent }) => {
      if (sent > 0) stop.abort(new Error("enough"));
    };
    await assert.rejects(sender.upload(file(900_000), { threshold: 100, keep, signal: stop.signal, onProgress }), /enough/);
    await settle();
    assert.equal(server.state.deleted, keep ? 0 : 1);
    assert.equal(memory.kept.size, keep ? 1 : 0);
  }
});

test("what was kept of a stopped upload can be let go of", async () => {
  const server = tus();
  const { uploads: sender, memory } = uploads(server.fetch);
  const stop = new AbortController();
  const original = file(900_000);
  const onProgress = ({ sent }) => {
    if (sent > 0) stop.abort();
  };
  await assert.rejects(sender.upload(original, { threshold: 100, keep: true, signal: stop.signal, onProgress }));
  await sender.forget(original);
  assert.equal(server.state.deleted, 1);
  assert.equal(memory.kept.size, 0);
  await sender.forget(original);
  assert.equal(server.state.deleted, 1);
});

test("a refusal of a large file is final", async () => {
  const refused = () => json({ code: "payload_too_large", detail: "At most 1 MiB.", status: 413 }, 413);
  const server = tus({ fail: ({ init }) => (init.method === "POST" ? refused() : undefined) });
  await assert.rejects(uploads(server.fetch).uploads.upload(file(600), { threshold: 100 }), { code: "payload_too_large" });
  assert.equal(server.requests.length, 1);
});

test("a name that exists and a full folder are final, at the beginning and at the end", async () => {
  const problems = [
    json({ code: "file_exists", detail: "There is a file of that name.", status: 409 }, 409),
    json({ code: "insufficient_storage", detail: "No room.", status: 507, retry: true }, 507),
  ];
  for (const problem of problems) {
    for (const method of ["POST", "PATCH"]) {
      const server = tus({ fail: ({ init }) => (init.method === method ? problem.clone() : undefined) });
      const { code } = await problem.clone().json();
      await assert.rejects(uploads(server.fetch).uploads.upload(file(600), { threshold: 100 }), { code });
      assert.equal(server.requests.filter((request) => request.method === method).length, 1);
    }
  }
});

test("a server that has more than this page knows is asked how much", async () => {
  let isTold = false;
  const server = tus({
    fail: async ({ init, state }) => {
      if (init.method !== "PATCH" || isTold) return undefined;
      isTold = true;
      state.bytes = new Uint8Array(await init.body.slice(0, 200).arrayBuffer());
      return undefined;
    },
  });
  const { uploads: sender, clock } = uploads(server.fetch);
  const original = file(600);
  const done = sender.upload(original, { threshold: 100 });
  await settle();
  await clock.advance(1_000);
  await done;
  assert.deepEqual(server.state.bytes, await content(original));
  assert.equal(server.requests.filter(({ method }) => method === "HEAD").length, 1);
});

test("an address that another page wrote to the memory is not followed elsewhere", async () => {
  const server = tus();
  const memory = storage();
  memory.getItem = () => "http://elsewhere.test/uploads/.tus/k1";
  await uploads(server.fetch, memory).uploads.upload(file(600), { threshold: 100 });
  assert.ok(server.requests.every(({ url }) => url.origin === base.origin));
});

test("a server behind a proxy that cuts a prefix is found again", async () => {
  const server = tus({ location: "http://inside:8080/uploads/.tus/k1" });
  const original = file(600);
  await uploads(server.fetch).uploads.upload(original, { threshold: 100 });
  assert.deepEqual(server.state.bytes, await content(original));
});

test("a server that says nonsense ends the upload", async () => {
  const wrong = () => new Response(null, { status: 204, headers: { "Upload-Offset": "99999" } });
  const server = tus({ fail: ({ init }) => (init.method === "PATCH" ? wrong() : undefined) });
  await assert.rejects(uploads(server.fetch).uploads.upload(file(600), { threshold: 100 }), { code: "protocol_error" });
});

test("pieces grow on fast ways, shrink on slow ones, and stay within bounds", () => {
  const size = new ChunkSize({ least: 1_000, most: 1_000_000 });
  for (let step = 0; step < 30; step += 1) size.took(size.bytes, 0.001);
  assert.equal(size.bytes, 1_000_000);
  size.took(size.bytes, 10);
  assert.equal(size.bytes, 50_000);
  for (let step = 0; step < 30; step += 1) size.failed();
  assert.equal(size.bytes, 1_000);
});
