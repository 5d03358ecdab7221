// The network inside this page, run by ONNX Runtime's WebAssembly: unpacked from the page's own text.

async function unpacked(id) {
  const element = document.getElementById(id);
  const text = element.textContent;
  element.remove(); // megabytes
  const packed = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : fromBase64(text);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function fromBase64(text) {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  const step = 1 << 20; // characters, in groups of four
  let size = 0;
  for (let start = 0; start < text.length; start += step) {
    const part = atob(text.slice(start, start + step));
    for (let i = 0; i < part.length; i++) bytes[size++] = part.charCodeAt(i);
  }
  return bytes.subarray(0, size);
}

// Returns a function from an image (file or video) to {probabilities, distance}; distance is null
// where the network cannot say "none of these".
async function openNetwork(preprocessing) {
  if (document.readyState === "loading") { // the parts follow this script, so that the page shows at once
    await new Promise(done => document.addEventListener("DOMContentLoaded", done));
  }
  const [loader, wasm, model] = await Promise.all(["loader", "wasm", "model"].map(unpacked));
  const address = URL.createObjectURL(new Blob([loader], {type: "text/javascript"}));
  const ort = await import(address);
  URL.revokeObjectURL(address);
  ort.env.wasm.numThreads = 1; // more need headers that a file has not
  ort.env.wasm.wasmBinary = wasm;
  ort.env.logLevel = "error";
  const session = await ort.InferenceSession.create(model, {executionProviders: ["wasm"]});
  const {crop_px: side, channels} = preprocessing;
  let last = Promise.resolve(); // a session takes one image at a time
  const ask = async bitmap => {
    const input = inputOf(viewOf(bitmap, preprocessing), preprocessing);
    const tensor = new ort.Tensor("float32", input, [1, channels, side, side]);
    const told = await session.run({[session.inputNames[0]]: tensor});
    return {
      probabilities: Array.from(told.probabilities.data),
      distance: told.distance ? told.distance.data[0] : null,
    };
  };
  return bitmap => (last = last.catch(() => {}).then(() => ask(bitmap)));
}
