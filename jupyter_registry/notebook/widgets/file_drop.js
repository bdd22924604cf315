// The browser's side of FileDrop: what is chosen or dropped goes to the kernel piece by piece.

// Seconds without an answer of the kernel after which that is said.
const PATIENCE = 10;
// Left by tools beside a model; never part of one.
const LEFT_BEHIND = new Set(["__pycache__"]);
let numbers = 0;

export default () => {
  // one per widget, however many views of it there are
  let sender = null;
  return {
    initialize({ model }) {
      sender = new Sender(model);
      return () => sender.stop();
    },
    render({ model, el }) {
      return show(model, el, sender);
    },
  };
};

class Sender {
  constructor(model) {
    this.model = model;
    this.transfer = null;
    model.on("change:progress", () => this.next());
  }

  get isOurs() {
    return this.transfer !== null && this.transfer === this.model.get("progress")[0];
  }

  begin(chosen) {
    const kept = chosen.filter(({ path }) => !isHidden(path));
    this.files = kept;
    this.number = 0;
    this.at = 0;
    this.sent = 0;
    this.transfer = `${Date.now()}-${Math.random()}-${(numbers += 1)}`;
    this.model.send({
      do: "begin",
      transfer: this.transfer,
      // one more than allowed is enough to be refused
      files: kept.slice(0, this.model.get("most") + 1).map(({ path, file }) => ({ path, size: file.size })),
      left_out: chosen.length - kept.length,
    });
  }

  async next() {
    const [transfer, received] = this.model.get("progress");
    if (transfer !== this.transfer || received !== this.sent) return;
    while (this.number < this.files.length && this.at >= this.files[this.number].file.size) {
      this.number += 1;
      this.at = 0;
    }
    if (this.number >= this.files.length) return;
    const { path, file } = this.files[this.number];
    const at = this.at;
    const end = Math.min(at + this.model.get("piece"), file.size);
    let piece;
    try {
      piece = await file.slice(at, end).arrayBuffer();
      if (piece.byteLength !== end - at) throw new Error("It has become shorter.");
    } catch (error) {
      if (transfer !== this.transfer) return;
      const why = error.name === "NotFoundError" ? "it is not there any more." :
        error.name === "NotReadableError" ? "it was changed or removed." : error.message;
      this.model.send({ do: "failed", transfer, path, why });
      return;
    }
    if (transfer !== this.transfer) return; // cancelled while it was read
    this.at = end;
    this.sent += piece.byteLength;
    this.model.send({ do: "piece", transfer, file: this.number, at }, undefined, [piece]);
  }

  stop() {
    this.transfer = null;
    this.files = [];
  }
}

function show(model, el, sender) {
  const make = (kind, classes, text = "") => {
    const made = document.createElement(kind);
    made.className = classes;
    made.textContent = text;
    return made;
  };
  const press = (text, act) => {
    const made = make("button", "lm-Widget jupyter-widgets jupyter-button widget-button", text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };
  const several = model.get("multiple");
  const withFolders = model.get("folders");

  const area = make("div", "jr-drop");
  area.setAttribute("role", "group");
  const choosing = make("div", "jr-drop-row");
  const files = hiddenInput(model.get("accept"), several);
  const choose = press(several ? "Choose files…" : "Choose a file…", () => files.click());
  choosing.append(choose);
  files.addEventListener("change", () => take(files));
  area.append(files);
  if (withFolders) {
    const folder = hiddenInput("", true);
    folder.webkitdirectory = true;
    folder.addEventListener("change", () => take(folder));
    area.append(folder);
    choosing.append(press("Choose folder…", () => folder.click()));
  }
  const what = withFolders ? "or drop files or a folder here" :
    several ? "or drop files here" : "or drop a file here";
  choosing.append(make("span", "jr-muted", what));

  const coming = make("div", "jr-drop-row");
  const bar = make("progress", "jr-drop-bar");
  const amount = make("span", "jr-num");
  const cancel = press("Cancel", () => {
    model.send({ do: "cancel", transfer: model.get("progress")[0] });
    sender.stop();
    choose.focus();
  });
  coming.append(bar, amount, cancel);

  const list = make("ul", "jr-drop-list");
  list.tabIndex = 0;
  const here = make("div", "jr-drop-row");
  const sum = make("span", "jr-muted");
  const remove = press("Remove", () => {
    model.send({ do: "remove" });
    choose.focus();
  });
  here.append(sum, remove);
  const problem = make("div", "jr-note jr-wrong");
  problem.setAttribute("role", "alert");
  const status = make("div", "jr-drop-status");
  status.setAttribute("role", "status");
  area.append(choosing, coming, list, here, problem, status);
  el.append(area);

  // --- what is chosen -------------------------------------------------------------------------

  function take(input) {
    const chosen = [...input.files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
    input.value = ""; // so that the same may be chosen again
    if (chosen.length) sender.begin(chosen);
  }

  const isFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const over = (event) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    event.dataTransfer.dropEffect = "copy";
    area.classList.add("jr-drop-over");
  };
  area.addEventListener("dragenter", over);
  area.addEventListener("dragover", over);
  area.addEventListener("dragleave", (event) => {
    if (!area.contains(event.relatedTarget)) area.classList.remove("jr-drop-over");
  });
  area.addEventListener("drop", async (event) => {
    area.classList.remove("jr-drop-over");
    if (!isFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    try {
      sender.begin(await dropped(event.dataTransfer));
    } catch (error) {
      problem.textContent = `What was dropped cannot be read: ${error.message}`;
      problem.hidden = false;
    }
  });

  // --- what is shown --------------------------------------------------------------------------

  let said = "";
  let waiting = null;
  const say = (text) => {
    if (text !== said) status.textContent = said = text;
  };
  const draw = () => {
    clearTimeout(waiting);
    const label = model.get("label");
    const state = model.get("state");
    const total = model.get("total");
    const n = model.get("n_files");
    const [, received] = model.get("progress");
    const these = `${n.toLocaleString("en")} file${n === 1 ? "" : "s"}`;
    area.setAttribute("aria-label", label);
    area.dataset.state = state;
    coming.hidden = state !== "coming";
    here.hidden = state !== "here";
    list.hidden = state === "empty";
    problem.hidden = !model.get("problem");
    if (problem.textContent !== model.get("problem")) problem.textContent = model.get("problem");
    list.setAttribute("aria-label", `${label} chosen`);
    bar.setAttribute("aria-label", `${label}: progress`);
    bar.max = Math.max(total, 1);
    bar.value = received;
    const part = `${size(received)} of ${size(total)}`;
    amount.textContent = sender.isOurs ? part : `${part}, from another page or one that was closed`;
    const leftOut = model.get("left_out");
    sum.textContent = `${these}, ${size(total)}` +
      (leftOut ? `; ${leftOut} hidden left out` : "");
    if (state === "coming") {
      const quarter = Math.floor((4 * received) / Math.max(total, 1)) * 25;
      say(`${label}: ${quarter} % of ${size(total)} sent`);
      if (sender.isOurs) {
        waiting = setTimeout(() => {
          amount.textContent = `${part}; the kernel does not answer, it may be busy`;
        }, PATIENCE * 1000);
      }
    } else {
      remove.textContent = n > 1 ? "Remove all" : "Remove";
      say(state === "here" ? `${label}: ${these}, ${size(total)}, complete` : "");
    }
  };
  let removers = [];
  const remover = (path) => {
    const made = make("button", "jr-drop-remove");
    made.type = "button";
    made.tabIndex = -1;
    made.title = "Remove this file alone";
    made.setAttribute("aria-label", `Remove ${path}`);
    made.addEventListener("click", () => {
      made.focus(); // not every browser does; what has it decides where it goes on
      model.send({ do: "remove", path });
    });
    removers.push(made);
    return made;
  };
  const moveTo = (number) => {
    const to = Math.max(0, Math.min(number, removers.length - 1));
    removers.forEach((one, at) => (one.tabIndex = at === to ? 0 : -1));
    removers[to].focus();
  };
  list.addEventListener("keydown", (event) => {
    const at = removers.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: removers.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook's cells listen too
    moveTo(to);
  });
  const enumerate = () => {
    const listed = model.get("listed");
    const removable = model.get("state") === "here" && model.get("n_files") > 1;
    const had = removers.indexOf(document.activeElement);
    removers = [];
    list.replaceChildren(...listed.map(([path, bytes]) => {
      const row = make("li", "", path);
      row.append(make("span", "jr-muted", ` ${size(bytes)}`));
      if (removable) row.append(remover(path));
      return row;
    }));
    // one stop of the Tab key for all; the arrow keys go on from there
    list.tabIndex = removable ? -1 : 0;
    if (removable) removers[0].tabIndex = 0;
    if (had >= 0) {
      if (removable) moveTo(had);
      else (model.get("state") === "here" ? remove : choose).focus();
    }
    const more = model.get("n_files") - listed.length;
    if (more > 0) list.append(make("li", "jr-muted", `and ${more.toLocaleString("en")} more`));
  };
  const news = ["label", "state", "progress", "total", "n_files", "left_out", "problem"];
  const listing = ["listed", "n_files", "state"];
  for (const name of news) model.on(`change:${name}`, draw);
  for (const name of listing) model.on(`change:${name}`, enumerate);
  const focus = (message) => message?.do === "focus" && choose.focus();
  model.on("msg:custom", focus);
  enumerate();
  draw();
  return () => {
    clearTimeout(waiting);
    for (const name of news) model.off(`change:${name}`, draw);
    for (const name of listing) model.off(`change:${name}`, enumerate);
    model.off("msg:custom", focus);
  };
}

function hiddenInput(accept, several) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = accept;
  input.multiple = several;
  input.hidden = true;
  return input;
}

// Files dropped, those in folders with their paths. What was dropped can be asked for at once only.
async function dropped(transfer) {
  const entries = [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile() }));
  const found = [];
  for (const { entry, file } of entries) {
    if (entry?.isDirectory) await walk(entry, `${entry.name}/`, found);
    else if (file) found.push({ path: file.name, file });
  }
  return found;
}

async function walk(folder, prefix, found) {
  const reader = folder.createReader();
  for (;;) {
    // it gives a hundred at a time, and none at the end
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return;
    for (const entry of some) {
      const path = prefix + entry.name;
      if (entry.isFile) {
        const file = await new Promise((done, fail) => entry.file(done, fail));
        found.push({ path, file });
      } else if (!isHidden(`${path}/`)) {
        await walk(entry, `${path}/`, found);
      }
    }
  }
}

// Whether a file of a folder is hidden, or below what is; one chosen by itself is not.
function isHidden(path) {
  return path.split("/").slice(1).some((part) => part.startsWith(".") || LEFT_BEHIND.has(part));
}

function size(bytes) {
  let amount = bytes;
  for (const unit of ["B", "kB", "MB", "GB"]) {
    if (amount < 1000) return unit === "B" ? `${amount} B` : `${amount.toFixed(1)} ${unit}`;
    amount /= 1000;
  }
  return `${amount.toFixed(1)} TB`;
}
