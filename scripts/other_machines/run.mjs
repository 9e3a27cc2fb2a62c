// Runs digests.wasm: node run.mjs digests.wasm
import { readFileSync, writeSync } from "node:fs";

const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), {
  system: {
    write: (start, length) => writeSync(1, new Uint8Array(instance.exports.memory.buffer, start, length)),
    exit: (status) => process.exit(status),
  },
});
instance.exports.start();
