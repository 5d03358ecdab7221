// The page itself: drop, choose, paste, camera, answers. `start` is given what answers for a bitmap.

const SHOWN_CLASSES = 5;
const THUMB_PX = 640;
const LIVE_PAUSE_MS = 60;
const byId = id => document.getElementById(id);
const facts = JSON.parse(byId("facts").textContent);
const texts = JSON.parse(byId("texts").textContent);
let language = (navigator.languages || [navigator.language]).some(l => /^ko\b/i.test(l)) ? "ko" : "en";

function text(key, values = {}) {
  return texts[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function percent(share) {
  if (share > 0 && share < 0.001) return "<\u00a00.1\u00a0%";
  return `${(100 * share).toFixed(1)}\u00a0%`;
}

function element(kind, className, content) {
  const made = document.createElement(kind);
  if (className) made.className = className;
  if (content !== undefined) made.textContent = content;
  return made;
}

// The classes from the most probable to the least, and whether the answer is "none of these".
function judged({probabilities, distance}) {
  const order = probabilities.map((_, i) => i).sort((a, b) => probabilities[b] - probabilities[a] || a - b);
  const limit = facts.limits && facts.limits[order[0]];
  return {order, probabilities, distance, isNone: distance !== null && limit != null && distance > limit};
}

function answerParts(answer) {
  const {order, probabilities, isNone} = answer;
  const values = {name: facts.classes[order[0]], share: percent(probabilities[order[0]])};
  const head = element("p", isNone ? "said none" : "said");
  head.append(element("span", "name", isNone ? text("none") : values.name));
  if (!isNone) head.append(element("span", "share", values.share));
  const bars = element("ol", isNone ? "bars none" : "bars");
  for (const index of order.slice(0, SHOWN_CLASSES)) {
    const row = element("li");
    const bar = element("span", "bar");
    const fill = element("span", "fill");
    fill.style.width = `${100 * probabilities[index]}%`;
    bar.append(fill);
    row.append(element("span", "name", facts.classes[index]), bar);
    row.append(element("span", "share", percent(probabilities[index])));
    bars.append(row);
  }
  return isNone ? [head, element("p", "soft", text("none_why", values)), bars] : [head, bars];
}

function spoken(file, answer) {
  const best = answer.order[0];
  const values = {file, name: facts.classes[best], share: percent(answer.probabilities[best])};
  return text(answer.isNone ? "none_said" : "said", values);
}

function thumbnail(bitmap) {
  const canvas = element("canvas", "thumb");
  const scale = Math.min(1, THUMB_PX / Math.max(bitmap.width, bitmap.height));
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

function start(opening) {
  const cards = []; // {file, card, answer, fault}, newest batch first
  const state = byId("state");
  let queue = Promise.resolve();

  const network = opening.then(
    ask => { state.textContent = ""; document.body.dataset.ready = "yes"; return ask; },
    error => {
      console.error(error);
      state.textContent = "";
      document.body.dataset.ready = "no";
      sayTrouble("no_network");
      throw error;
    },
  );
  network.catch(() => {});

  // What the page answers for an image file; for tests and scripts as well.
  window.classify = async blob => {
    const bitmap = await decode(blob);
    try {
      return judged(await (await network)(bitmap));
    } finally {
      bitmap.close();
    }
  };

  function sayTrouble(key) {
    const trouble = byId("trouble");
    trouble.hidden = !key;
    trouble.textContent = key ? text(key) : "";
    trouble.dataset.key = key || "";
  }

  function fill(entry) {
    const body = entry.card.querySelector(".answer");
    body.replaceChildren();
    if (entry.fault) body.append(element("p", "soft", text(entry.fault)));
    else if (entry.answer) body.append(...answerParts(entry.answer));
    else body.append(element("p", "soft waiting", "…"));
    const remove = entry.card.querySelector(".remove");
    remove.title = text("remove", {file: entry.file()});
    remove.setAttribute("aria-label", remove.title);
    entry.card.querySelector(".file").textContent = entry.file();
    entry.card.setAttribute("aria-label", entry.answer ? spoken(entry.file(), entry.answer) : entry.file());
  }

  function addCard(name, key) {
    const card = element("li", "card");
    const entry = {file: () => name || text(key), card, answer: null, fault: ""};
    const remove = element("button", "remove", "×");
    remove.type = "button";
    remove.addEventListener("click", () => { cards.splice(cards.indexOf(entry), 1); card.remove(); count(); });
    const body = element("div", "body");
    body.append(element("p", "file soft"), element("div", "answer"));
    card.append(element("div", "picture"), body, remove);
    return entry;
  }

  function count() {
    byId("results-bar").hidden = !cards.length;
    document.body.classList.toggle("has-results", cards.length > 0);
    byId("count").textContent = text(cards.length === 1 ? "count_one" : "count", {count: cards.length});
  }

  // Adds images, in their order, before those that are there.
  function add(images) {
    if (!images.length) return;
    sayTrouble("");
    const entries = images.map(({name, key}) => addCard(name, key));
    cards.unshift(...entries);
    byId("results").prepend(...entries.map(entry => entry.card));
    entries.forEach(fill);
    count();
    images.forEach(({source}, index) => {
      queue = queue.then(() => answer(entries[index], source, index, images.length));
    });
    queue = queue.then(() => { if (document.body.dataset.ready) state.textContent = ""; });
  }

  async function answer(entry, source, index, number) {
    if (!entry.card.isConnected) return;
    let bitmap;
    try {
      bitmap = source instanceof ImageBitmap ? source : await decode(source);
    } catch {
      entry.fault = "unreadable";
      fill(entry);
      return;
    }
    try {
      entry.card.querySelector(".picture").append(thumbnail(bitmap));
      const ask = await network;
      if (number > 1) state.textContent = text("busy", {done: index + 1, count: number});
      entry.answer = judged(await ask(bitmap));
      if (number === 1) state.textContent = spoken(entry.file(), entry.answer);
    } catch {
      entry.fault = "no_network";
    } finally {
      bitmap.close();
    }
    fill(entry);
    await new Promise(done => setTimeout(done)); // lets the page be drawn and used
  }

  const addFiles = files => add([...files].map(file => ({source: file, name: file.name})));

  byId("files").addEventListener("change", event => {
    addFiles(event.target.files);
    event.target.value = ""; // the same file may be chosen again
  });
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, event => {
      event.preventDefault();
      document.body.classList.add("dragged");
    });
  }
  document.addEventListener("dragleave", event => {
    if (!event.relatedTarget) document.body.classList.remove("dragged");
  });
  document.addEventListener("drop", event => {
    event.preventDefault();
    document.body.classList.remove("dragged");
    addFiles(event.dataTransfer.files);
  });
  document.addEventListener("paste", event => {
    const files = [...event.clipboardData.files].filter(file => file.type.startsWith("image/"));
    add(files.map(file => ({source: file, key: "pasted"})));
  });
  byId("clear").addEventListener("click", () => {
    cards.splice(0);
    byId("results").replaceChildren();
    count();
    byId("files").focus();
  });
  byId("save").addEventListener("click", () => saveCsv(cards));

  startCamera(network, sayTrouble, bitmap => add([{source: bitmap, key: "photo"}]));

  function showTexts() {
    document.documentElement.lang = language;
    for (const place of document.querySelectorAll("[data-text]")) {
      place.textContent = text(place.dataset.text, {level: percent(facts.level || 0)});
    }
    for (const button of document.querySelectorAll("[data-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
    }
    byId("subtitle").textContent =
      text("classes", {count: facts.classes.length, names: facts.classes.slice(0, 12).join(", ")})
      + (facts.classes.length > 12 ? ", …" : "");
    byId("about-limits").hidden = !facts.limits;
    if (!document.body.dataset.ready) state.textContent = text("loading");
    sayTrouble(byId("trouble").dataset.key);
    showFacts();
    count();
    cards.forEach(fill);
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => { language = button.dataset.language; showTexts(); });
  }
  showTexts();
}

function showFacts() {
  const rows = ["network", "classes", "accuracy", "precision", "created", "licence"].map(name => {
    const value = facts[name];
    if (!value || !value.length && name !== "accuracy") return [];
    const told = name === "classes" ? value.join(", ")
      : name === "accuracy" ? text("accuracy", {
        count: value.count, share: percent(value.share), low: percent(value.low), high: percent(value.high),
      }) : value;
    return [element("dt", "soft", text(`fact_${name}`)), element("dd", "", told)];
  });
  byId("about").replaceChildren(...rows.flat());
}

// The answers as a table that Excel opens: with a byte-order mark, and no cell that begins a formula.
function saveCsv(cards) {
  const cell = value => `"${String(value).replace(/^(?=[=+\-@\t\r])/, "'").replaceAll('"', '""')}"`;
  const rows = [[text("csv_file"), text("csv_answer"), ...facts.classes]];
  for (const {file, answer} of cards) {
    if (!answer) continue;
    const said = answer.isNone ? text("none") : facts.classes[answer.order[0]];
    rows.push([file(), said, ...answer.probabilities.map(share => share.toFixed(6))]);
  }
  const lines = rows.map(row => row.map(cell).join(",")).join("\r\n");
  const link = element("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", lines, "\r\n"], {type: "text/csv"}));
  link.download = `${facts.title}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// The camera: what it shows is answered again and again; `keep` is given a photo as a bitmap.
function startCamera(network, sayTrouble, keep) {
  const video = byId("video");
  let stream = null;
  let facing = "environment";

  async function open() {
    sayTrouble("");
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) {
      sayTrouble("no_camera_api");
      return;
    }
    try {
      stream = await navigator.mediaDevices.getUserMedia({video: {facingMode: facing, width: {ideal: 1280}}});
    } catch (error) {
      const known = {NotAllowedError: "camera_refused", SecurityError: "camera_refused",
        NotFoundError: "camera_missing", OverconstrainedError: "camera_missing"};
      sayTrouble(known[error.name] || "camera_busy");
      return;
    }
    const own = stream;
    video.srcObject = stream;
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(d => d.kind === "videoinput");
    byId("turn").hidden = cameras.length < 2;
    byId("camera").hidden = false;
    byId("drop").hidden = true;
    await video.play().catch(() => {});
    byId("shoot").focus();
    try {
      const ask = await network;
      while (stream === own) {
        if (video.videoWidth) await show(ask);
        await new Promise(done => setTimeout(done, LIVE_PAUSE_MS));
      }
    } catch {
      close(); // the page has said that there is no network
    }
  }

  async function show(ask) {
    const bitmap = await createImageBitmap(video);
    const {crop_px, resize_px, crop_mode} = facts.preprocessing;
    const side = Math.min(bitmap.width, bitmap.height) * crop_px / resize_px;
    const seen = crop_mode === "squash" ? [bitmap.width, bitmap.height] : [side, side];
    const frame = document.querySelector(".frame");
    frame.style.width = `${100 * seen[0] / bitmap.width}%`;
    frame.style.height = `${100 * seen[1] / bitmap.height}%`;
    try {
      const answer = judged(await ask(bitmap));
      byId("live-answer").replaceChildren(...answerParts(answer));
    } finally {
      bitmap.close();
    }
  }

  function stop() {
    if (stream) stream.getTracks().forEach(track => track.stop());
    stream = null;
    video.srcObject = null;
  }

  function close() {
    stop();
    byId("camera").hidden = true;
    byId("drop").hidden = false;
    byId("live-answer").replaceChildren();
    byId("open-camera").focus();
  }

  byId("open-camera").addEventListener("click", open);
  byId("close-camera").addEventListener("click", close);
  byId("shoot").addEventListener("click", async () => {
    if (video.videoWidth) keep(await createImageBitmap(video));
  });
  byId("turn").addEventListener("click", () => {
    facing = facing === "environment" ? "user" : "environment";
    stop();
    open();
  });
  document.addEventListener("keydown", event => {
    if (event.key === "Escape" && stream) close();
  });
}
