// Made by scripts/bundleClient.mjs from ../client; do not edit.

export const clientStyle = `:root{color-scheme:light;--page: #f6f6f3;--surface: #ffffff;--ink: #1b1c1e;--muted: #5c6066;--line: #d4d4cd;--accent: #2563c9;--on-accent: #ffffff;--bad: #b3261e}@media(prefers-color-scheme:dark){:root{color-scheme:dark;--page: #101214;--surface: #181b1e;--ink: #e9eaeb;--muted: #a3a9b0;--line: #3a4046;--accent: #7db0ff;--on-accent: #10151c;--bad: #ff8a80}}*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}main{max-width:64rem;margin:0 auto;padding:1rem}h1{margin:0.5rem 0;font-size:1.35rem;line-height:1.3;text-wrap:balance}h1:focus{outline:none}button,input{font:inherit;color:inherit}button{min-height:2.75rem;padding:0.4rem 1rem;border:1px solid var(--line);border-radius:0.5rem;background:var(--surface);cursor:pointer}button.main{border-color:var(--accent);background:var(--accent);color:var(--on-accent);font-weight:600}button:disabled{cursor:default}button.quiet:disabled{visibility:hidden}:focus-visible{outline:3px solid var(--accent);outline-offset:2px}.start{display:flex;flex-wrap:wrap;gap:0.75rem;align-items:center;margin-top:1.5rem}.start label{flex-basis:100%}.start input{flex:1 1 14rem;max-width:22rem;min-height:2.75rem;padding:0.4rem 0.75rem;border:1px solid var(--muted);border-radius:0.5rem;background:var(--surface)}.bar{display:flex;gap:1rem;align-items:center}.bar progress{flex:1;height:0.5rem;accent-color:var(--accent)}.count{color:var(--muted);font-variant-numeric:tabular-nums;white-space:nowrap}.question{text-align:center}.stage{--side: min(30vw, 22rem, 62vh);display:flex;gap:2rem;justify-content:center;align-items:flex-start}.pair{display:flex;gap:1rem}figure{margin:0;padding:0.5rem;border:1px solid transparent}figcaption,.key,.hint{color:var(--muted);text-align:center}.stage img{display:block;width:var(--side);height:var(--side);object-fit:contain}.choice{padding:0.5rem}.choice .key{display:block}.choice:disabled img{visibility:hidden}@media(hover:none){.key,.keys{display:none!important}}@media(hover:hover){.choice:enabled:hover{border-color:var(--accent);box-shadow:0 0 0 2px var(--accent)}}.status:empty{display:none}.status[role=alert],.warning{color:var(--bad)}.code{font-family:ui-monospace,monospace;letter-spacing:0.1em}@media(max-width:42rem){.stage{--side: min(calc(50vw - 2.35rem), 34vh);flex-direction:column;gap:0.5rem;align-items:center}.pair{gap:0.5rem}}
`;

export const clientScript = `"use strict";
(() => {
  // src/client/dom.ts
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }
  function button(label, onClick, attributes = {}) {
    const element = make("button", { type: "button", ...attributes }, label);
    element.addEventListener("click", onClick);
    return element;
  }
  function show(...children) {
    const host = document.getElementById("survey");
    host?.replaceChildren(...children);
    host?.querySelector('[tabindex="-1"]')?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  var decoded = async (images) => {
    await Promise.all(images.map(async (image) => image.decode()));
  };

  // src/client/progress.ts
  var storageKey = (page2, worker) => \`munit-survey:\${page2.id}:\${worker}\`;
  function keeps() {
    try {
      localStorage.setItem("munit-survey", "");
      localStorage.removeItem("munit-survey");
      return true;
    } catch {
      return false;
    }
  }
  function restore(page2, worker) {
    try {
      const text = localStorage.getItem(storageKey(page2, worker));
      const found = text === null ? void 0 : JSON.parse(text);
      return found !== void 0 && page2.seats[found.seat - 1] !== void 0 ? found : void 0;
    } catch {
      return void 0;
    }
  }
  function keep(page2, progress) {
    try {
      localStorage.setItem(storageKey(page2, progress.worker), JSON.stringify(progress));
    } catch {
    }
  }
  function newSession() {
    const letters = "abcdefghjkmnpqrstuvwxyz23456789";
    return [...crypto.getRandomValues(new Uint32Array(8))].map((word) => letters[word % letters.length]).join("");
  }
  function begin(page2, worker, seat) {
    const drawn = seat ?? 1 + crypto.getRandomValues(new Uint32Array(1))[0] % page2.seats.length;
    return { worker, seat: drawn, session: newSession(), startedAt: (/* @__PURE__ */ new Date()).toISOString(), answers: [], posted: false };
  }
  function answersOf(page2, { worker, seat, session, startedAt, answers }) {
    return {
      format: "munit-survey-answers",
      version: 1,
      survey: page2.id,
      worker,
      seat,
      session,
      startedAt,
      savedAt: (/* @__PURE__ */ new Date()).toISOString(),
      total: page2.seats[seat - 1].length,
      answers
    };
  }
  function shownAt(page2, seat, position) {
    const entry = page2.seats[seat - 1]?.[position];
    const question = entry === void 0 ? void 0 : page2.questions[entry >> 1];
    if (entry === void 0 || question === void 0) return void 0;
    const [first, second] = question.images;
    const { id, input } = question;
    return entry % 2 === 0 ? { id, input, left: first, right: second } : { id, input, left: second, right: first };
  }

  // src/client/question.ts
  function preload(page2, seat, position) {
    const next = shownAt(page2, seat, position);
    if (next !== void 0) for (const address of [next.input, next.left, next.right]) new Image().src = address;
  }
  var picture = (address, alt) => make("img", { src: address, alt });
  function ask(page2, progress, onDone) {
    const position = progress.answers.length;
    const total = page2.seats[progress.seat - 1].length;
    const shown = shownAt(page2, progress.seat, position);
    if (shown === void 0) {
      onDone();
      return;
    }
    const listening = new AbortController();
    const again = () => {
      listening.abort();
      ask(page2, progress, onDone);
    };
    let visibleSince;
    const choose = (side) => {
      if (visibleSince === void 0) return;
      progress.answers.push({ question: shown.id, chosen: shown[side], side, ms: Math.round(performance.now() - visibleSince) });
      visibleSince = void 0;
      keep(page2, progress);
      again();
    };
    const takeBack = () => {
      if (position === 0) return;
      progress.answers.pop();
      keep(page2, progress);
      again();
    };
    const input = picture(shown.input, "Input");
    const left = picture(shown.left, "");
    const right = picture(shown.right, "");
    const choices = [["left", left, "←"], ["right", right, "→"]].map(([side, image, key]) => {
      const element = button("", () => choose(side), { class: "choice", "aria-label": side === "left" ? "The left one" : "The right one" });
      element.append(image, make("span", { class: "key", "aria-hidden": "true" }, key));
      element.disabled = true;
      return element;
    });
    const back = button("Back", takeBack, { class: "quiet" });
    back.disabled = position === 0;
    const status = make("p", { class: "status", role: "status" });
    const bar = make("progress", { "aria-label": "Questions answered" });
    bar.max = total;
    bar.value = position;
    show(
      make("header", { class: "bar" }, bar, make("span", { class: "count" }, \`\${position + 1} of \${total}\`), back),
      make("h1", { class: "question", tabindex: "-1" }, page2.question),
      make("div", { class: "stage" }, make("figure", { class: "input" }, input, make("figcaption", {}, "Input")), make("div", { class: "pair" }, ...choices)),
      make("p", { class: "hint" }, "Choose an image. ", make("span", { class: "keys" }, "By keys: ← or →, and Backspace to go back. "), "There is no time limit."),
      status
    );
    addEventListener(
      "keydown",
      (event) => {
        if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === "ArrowLeft" || event.key === "1") choose("left");
        else if (event.key === "ArrowRight" || event.key === "2") choose("right");
        else if (event.key === "Backspace") takeBack();
        else return;
        event.preventDefault();
      },
      { signal: listening.signal }
    );
    decoded([input, left, right]).then(
      () => {
        if (listening.signal.aborted) return;
        for (const choice of choices) choice.disabled = false;
        visibleSince = performance.now();
        preload(page2, progress.seat, position + 1);
      },
      () => {
        if (listening.signal.aborted) return;
        status.setAttribute("role", "alert");
        status.append("An image could not be loaded. ", button("Try again", again));
      }
    );
  }

  // src/client/main.ts
  var page = JSON.parse(document.getElementById("survey-data")?.textContent ?? "{}");
  function linkOf() {
    const query = new URLSearchParams(location.search);
    const worker = ["worker", "workerId", "PROLIFIC_PID", "participant"].map((name) => query.get(name)?.trim()).find((value) => value !== void 0 && value !== "");
    const seat = Number(query.get("seat") ?? "");
    return { worker: worker?.slice(0, 100), seat: Number.isInteger(seat) && seat >= 1 && seat <= page.seats.length ? seat : void 0 };
  }
  function start(worker, seat) {
    const progress = restore(page, worker) ?? begin(page, worker, seat);
    keep(page, progress);
    ask(page, progress, () => finish(progress));
  }
  function showStart() {
    const { worker, seat } = linkOf();
    const earlier = worker === void 0 ? void 0 : restore(page, worker);
    const form = make("form", { class: "start" });
    const name = make("input", { id: "worker", name: "worker", type: "text", autocomplete: "off", maxlength: "100" });
    name.required = true;
    if (worker === void 0) form.append(make("label", { for: "worker" }, "Your name, or any name that is only yours"), name);
    form.append(make("button", { type: "submit", class: "main" }, earlier !== void 0 && earlier.answers.length > 0 ? "Continue" : "Start"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const given = worker ?? name.value.trim();
      if (given !== "") start(given, seat);
    });
    const questions = page.seats[(earlier?.seat ?? seat ?? 1) - 1].length;
    show(
      make("h1", { tabindex: "-1" }, page.title),
      ...page.instructions.map((text) => make("p", {}, text)),
      make("p", {}, \`\${questions} questions. You can stop at any time and continue later in the same browser.\`),
      ...keeps() ? [] : [make("p", { class: "warning", role: "alert" }, "This browser does not keep your answers when the page is closed: finish in one go.")],
      form
    );
  }
  function download(progress) {
    const blob = new Blob([\`\${JSON.stringify(answersOf(page, progress), null, 1)}
\`], { type: "application/json" });
    const link = make("a");
    link.href = URL.createObjectURL(blob);
    link.download = \`answers-\${progress.worker.replaceAll(/[^\\w.-]+/g, "_")}-\${progress.session}.json\`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 6e4);
  }
  async function post(progress, address) {
    const response = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(answersOf(page, progress)) });
    if (!response.ok) throw new Error(\`The server answered \${response.status}.\`);
    progress.posted = true;
    keep(page, progress);
  }
  function finish(progress) {
    const status = make("p", { class: "status", role: "status" });
    const code = make("p", {}, "Completion code: ", make("strong", { class: "code" }, progress.session));
    const save = button("Save answers", () => download(progress), { class: "main" });
    const back = button("Back to the last question", () => {
      progress.answers.pop();
      progress.posted = false;
      keep(page, progress);
      ask(page, progress, () => finish(progress));
    }, { class: "quiet" });
    const { post: address } = page;
    if (address === void 0) {
      show(
        make("h1", { tabindex: "-1" }, "Thank you"),
        make("p", {}, "All questions are answered. Save the file with your answers, and send it to whoever gave you this survey."),
        save,
        code,
        back,
        status
      );
      return;
    }
    const send = () => {
      status.setAttribute("role", "status");
      status.replaceChildren("Sending your answers …");
      post(progress, address).then(
        () => status.replaceChildren("Your answers have arrived. You can close this page."),
        (error) => {
          status.setAttribute("role", "alert");
          const reason = error instanceof Error ? \` (\${error.message})\` : "";
          status.replaceChildren(\`Your answers could not be sent\${reason}. They are kept in this browser. \`, button("Try again", send), " Or save them as a file and send that.");
        }
      );
    };
    show(make("h1", { tabindex: "-1" }, "Thank you"), status, save, code, back);
    if (progress.posted) status.replaceChildren("Your answers have arrived. You can close this page.");
    else send();
  }
  document.title = page.title;
  showStart();
})();
`;
