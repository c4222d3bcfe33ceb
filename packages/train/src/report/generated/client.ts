// Made by scripts/bundleClient.mjs from ../client; do not edit.

export const clientStyle = `:root{color-scheme:light;--page: #f6f6f3;--surface: #ffffff;--sunken: #f1f1ee;--ink: #1b1c1e;--muted: #62666c;--line: #e4e4df;--a: #2563c9;--b: #c2540a;--plain: #3c4046;--good: #17734a;--bad: #b3261e;--warn: #8a5a00;--band: #2563c914}:root[data-theme=dark]{color-scheme:dark;--page: #101214;--surface: #181b1e;--sunken: #22262a;--ink: #e9eaeb;--muted: #9ba1a8;--line: #2c3136;--a: #7db0ff;--b: #ffa25e;--plain: #c9ced4;--good: #4fcb90;--bad: #ff8a80;--warn: #e8b964;--band: #7db0ff1c}@media(prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;--page: #101214;--surface: #181b1e;--sunken: #22262a;--ink: #e9eaeb;--muted: #9ba1a8;--line: #2c3136;--a: #7db0ff;--b: #ffa25e;--plain: #c9ced4;--good: #4fcb90;--bad: #ff8a80;--warn: #e8b964;--band: #7db0ff1c}}*{box-sizing:border-box}html{scroll-behavior:smooth;scroll-padding-top:3.5rem}@media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums}main{max-width:1240px;margin:0 auto;padding:24px 20px 64px}h1,h2,h3,p{margin:0}h1{font-size:1.7rem;line-height:1.2;letter-spacing:-0.015em;overflow-wrap:anywhere}h2{font-size:1.2rem;letter-spacing:-0.01em}h3{font-size:0.95rem}a{color:var(--a)}.muted{color:var(--muted)}.small{font-size:0.85rem}.code,code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}.code{font-size:0.75rem}.nowrap{white-space:nowrap}.eyebrow{color:var(--muted);font-size:0.8rem}.top{display:flex;justify-content:space-between;align-items:start;gap:16px;margin-bottom:16px}.card{background:var(--surface);border:1px solid var(--line);border-radius:12px;padding:20px;margin-bottom:16px}.card>.muted{max-width:75ch}.head{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:center;gap:8px 20px;margin-bottom:4px}nav{position:sticky;top:0;z-index:200;display:flex;gap:4px 18px;overflow-x:auto;padding:10px 4px;margin-bottom:8px;background:color-mix(in srgb,var(--page) 92%,transparent);backdrop-filter:blur(6px)}nav a{color:var(--muted);text-decoration:none;white-space:nowrap;padding:4px 0}nav a:hover{color:var(--ink)}button.quiet{font:inherit;font-size:0.85rem;color:inherit;background:var(--sunken);border:1px solid var(--line);border-radius:8px;padding:4px 12px;min-height:34px;cursor:pointer}button.quiet:hover{border-color:var(--muted)}:focus-visible{outline:2px solid var(--a);outline-offset:2px}input{accent-color:var(--a)}.state .line{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 12px}.share{margin-left:auto}.pill{padding:2px 12px;border-radius:99px;font-weight:600;font-size:0.9rem;border:1px solid currentColor}.pill.running,.pill.starting{color:var(--a)}.pill.finished{color:var(--good)}.pill.interrupted{color:var(--warn)}.pill.failed{color:var(--bad)}progress{appearance:none;display:block;width:100%;height:8px;margin:12px 0 16px;border:0;border-radius:99px;overflow:hidden;background:var(--sunken)}progress::-webkit-progress-bar{background:var(--sunken)}progress::-webkit-progress-value{background:var(--a);border-radius:99px}progress::-moz-progress-bar{background:var(--a)}.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px 24px;margin:0 0 12px}.facts dt,.rows dt{color:var(--muted);font-size:0.85rem}.facts dd{margin:0;font-size:1.05rem;font-weight:600;overflow-wrap:anywhere}.facts small{display:block;color:var(--muted);font-size:0.8rem;font-weight:400}.trouble{margin-top:8px;padding:8px 12px;border-left:3px solid var(--bad);background:var(--sunken);border-radius:0 8px 8px 0}.player{display:flex;flex-wrap:wrap;align-items:center;gap:10px}.player[hidden]{display:none}.player input{width:min(340px,50vw);height:34px}.player output{min-width:6.5em;font-weight:600}figure{margin:16px 0 0}figcaption{margin-bottom:8px}.scroll{overflow-x:auto}.grid img{display:block;width:100%;height:auto;border:1px solid var(--line);border-radius:6px;background:#fff}.below{display:flex;flex-wrap:wrap;justify-content:space-between;gap:4px 16px;margin-top:6px}.below span{overflow-wrap:anywhere;flex:1 1 60%}.metrics{display:grid;grid-template-columns:repeat(auto-fill,minmax(250px,1fr));gap:12px;margin-top:12px}.metric{border:1px solid var(--line);border-radius:10px;padding:14px;display:flex;flex-direction:column;gap:4px}.value{display:flex;align-items:center;gap:6px}.value b{font-size:1.6rem;letter-spacing:-0.02em;line-height:1.3}.verdict{font-size:0.85rem;font-weight:600}.verdict.good{color:var(--good)}.verdict.short{color:var(--warn)}.spark{width:110px;margin-left:auto;overflow:visible}.spark polyline{fill:none;stroke:var(--a);stroke-width:2;stroke-linejoin:round}.spark circle{fill:var(--a)}.spark .goal{stroke:var(--muted);stroke-dasharray:3 3}.tools{display:flex;flex-wrap:wrap;align-items:center;gap:8px 20px}.tools label{display:flex;align-items:center;gap:8px;min-height:34px}.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,340px),1fr));gap:20px 24px;margin-top:16px}.charts:empty{display:none}.chart{min-width:0}.chart .u-legend{font-size:12px;text-align:left;margin:0 0 0 44px;color:var(--muted)}.chart .u-series>*{padding:2px}.chart .u-legend th{font-weight:400}.chart .u-legend .u-marker{height:3px;border-radius:2px}.chart .u-value{color:var(--ink);min-width:3.5em;text-align:left}.chart .raw{display:none}.chart .u-select{background:var(--band)}.dot{display:inline-block;width:10px;height:10px;border-radius:50%;margin:0 5px 0 8px}.dot.a{background:var(--a)}.dot.b{background:var(--b)}.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:8px 32px}.pair .dot{margin-left:0}svg.styles{display:block;width:100%}.styles .band{fill:var(--band)}.styles .rule{stroke:var(--line)}.styles .zero{stroke:var(--muted)}.styles .tick{fill:var(--muted);font-size:11px}.styles .bar{stroke-width:6;stroke-linecap:round;opacity:0.35}.styles.a .bar{stroke:var(--a)}.styles.a circle{fill:var(--a)}.styles.b .bar{stroke:var(--b)}.styles.b circle{fill:var(--b)}table{border-collapse:collapse;font-size:0.85rem}th,td{padding:3px 10px 3px 0;text-align:right}th{text-align:left;font-weight:400;color:var(--muted)}details{margin-top:12px}summary{cursor:pointer;color:var(--muted);padding:4px 0}pre{margin:8px 0 0;padding:14px;overflow:auto;max-height:60vh;background:var(--sunken);border-radius:8px;font-size:0.8rem}.rows{margin:12px 0 0}.rows div{display:grid;grid-template-columns:minmax(120px,200px) 1fr;gap:0 16px;padding:4px 0}.rows dd{margin:0;overflow-wrap:anywhere}.warnings{margin:8px 0 0;padding:0;list-style:none}.warnings li{padding:6px 0 6px 12px;border-left:3px solid var(--warn);margin-bottom:6px;overflow-wrap:anywhere}.warnings li.error{border-color:var(--bad)}@media(max-width:600px){main{padding:16px 10px 48px}.card{padding:14px;border-radius:10px}.facts{grid-template-columns:1fr 1fr}.player{width:100%}.player input{flex:1;width:auto;min-width:0}.rows div{grid-template-columns:1fr}.chart .u-legend{margin-left:0}.chart .u-inline tr{margin-right:8px}}@media print{nav,.player,.tools,#theme{display:none}}
`;

export const clientScript = `"use strict";
(() => {
  // src/report/client/page.ts
  var plotLibrary = () => globalThis.uPlot;
  function element(id, kind) {
    const found = document.getElementById(id);
    return found instanceof kind ? found : void 0;
  }
  function readPageData() {
    return JSON.parse(document.getElementById("munit-data")?.textContent ?? "{}");
  }
  var memory = {
    get(key) {
      try {
        return sessionStorage.getItem(\`munit:\${location.pathname}:\${key}\`) ?? void 0;
      } catch {
        return void 0;
      }
    },
    set(key, value) {
      try {
        sessionStorage.setItem(\`munit:\${location.pathname}:\${key}\`, value);
      } catch {
      }
    }
  };

  // src/report/client/smooth.ts
  function smooth(values, weight) {
    if (weight <= 0) return [...values];
    let sum = 0;
    let mass = 0;
    return values.map((value) => {
      if (value === null) return null;
      sum = weight * sum + (1 - weight) * value;
      mass = weight * mass + (1 - weight);
      return sum / mass;
    });
  }
  var positive = (values) => values.map((value) => value !== null && value > 0 ? value : null);
  function short(value) {
    const size = Math.abs(value);
    if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(1).replace(".0e", "e").replace("e+", "e");
    return String(Number(value.toPrecision(4)));
  }

  // src/report/client/charts.ts
  var color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  var steps = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
  var chartHeight = 190;
  var logarithmic = 3;
  function axes() {
    const common = { stroke: color("--muted"), font: "11px system-ui", grid: { stroke: color("--line"), width: 1 }, ticks: { show: false } };
    return [
      { ...common, space: 60, size: 28, values: (_, splits) => splits.map((value) => steps.format(value)) },
      { ...common, space: 32, size: 52, values: (_, splits) => splits.map((value) => value === null ? "" : short(value)) }
    ];
  }
  function series(spec, smoothed) {
    const curves = spec.curves.flatMap(({ label, role }) => {
      const stroke = color(\`--\${role}\`);
      const line = { label, stroke, width: 2, spanGaps: true, points: { show: false }, value: (_, value) => value === null ? "–" : short(value) };
      return smoothed ? [{ ...line, stroke: \`\${stroke}55\`, width: 1, class: "raw" }, line] : [line];
    });
    return [{ label: "Step", value: (_, value) => value === null ? "–" : value.toLocaleString("en-US") }, ...curves];
  }
  function restLegend(plot) {
    if (plot.cursor.idx == null) plot.setLegend({ idx: plot.data[0].length - 1 }, false);
  }
  function table(spec, { smoothing, log }) {
    const ready = (values) => log ? positive(values) : [...values];
    const columns = spec.curves.flatMap(({ values }) => smoothing > 0 ? [ready(values), ready(smooth(values, smoothing))] : [ready(values)]);
    return [[...spec.steps], ...columns];
  }
  function addCard(spec) {
    const card = document.createElement("article");
    card.className = "chart";
    const title = document.createElement("h3");
    title.textContent = spec.title;
    const meaning = document.createElement("p");
    meaning.className = "muted small";
    meaning.textContent = spec.meaning;
    const host = document.createElement("div");
    card.append(title, host, meaning);
    document.querySelector(\`[data-charts="\${spec.section}"]\`)?.append(card);
    return host;
  }
  function startCharts(data2) {
    const settings = { smoothing: Number(memory.get("smoothing") ?? "0.8"), log: memory.get("log") === "true", range: void 0 };
    const drawn = /* @__PURE__ */ new Map();
    const zoomOut = element("zoom-out", HTMLButtonElement);
    let following = false;
    const follow = (source) => {
      if (following) return;
      const { min, max } = source.scales["x"];
      if (min == null || max == null) return;
      const all = source.data[0];
      const whole = min <= all[0] && max >= all.at(-1);
      settings.range = whole ? void 0 : [min, max];
      if (zoomOut !== void 0) zoomOut.hidden = whole;
      following = true;
      for (const { plot, spec } of drawn.values()) {
        if (plot !== source && spec.section === "losses") plot.setScale("x", { min, max });
      }
      following = false;
    };
    const Plot = plotLibrary();
    const draw = (spec) => {
      const own = spec.section === "losses" ? settings : { smoothing: 0, log: false, range: void 0 };
      const host = drawn.get(spec.id)?.host ?? addCard(spec);
      host.replaceChildren();
      const curves = series(spec, own.smoothing > 0);
      const markers = curves.map(({ stroke }) => typeof stroke === "string" ? stroke : "transparent");
      const plot = new Plot(
        {
          width: Math.max(200, host.clientWidth),
          height: chartHeight,
          scales: { x: { time: false, ...own.range === void 0 ? {} : { min: own.range[0], max: own.range[1] } }, y: own.log ? { distr: logarithmic } : {} },
          axes: axes(),
          series: curves,
          cursor: { ...spec.section === "losses" ? { sync: { key: "losses", setSeries: false } } : {}, points: { size: 6 }, drag: { x: true, y: false } },
          legend: { markers: { width: 0, fill: (_, i) => markers[i] ?? "transparent" } },
          hooks: {
            ready: [restLegend],
            setCursor: [restLegend],
            ...spec.section === "losses" ? { setScale: [(u, key) => key === "x" && follow(u)] } : {}
          }
        },
        table(spec, own),
        host
      );
      if (own.range !== void 0) plot.setScale("x", { min: own.range[0], max: own.range[1] });
      drawn.set(spec.id, { plot, host, spec });
    };
    const drawAll = () => {
      following = true;
      data2.charts.forEach(draw);
      following = false;
    };
    const smoothing = element("smoothing", HTMLInputElement);
    const log = element("log", HTMLInputElement);
    if (smoothing !== void 0) smoothing.value = String(settings.smoothing);
    if (log !== void 0) log.checked = settings.log;
    const keep = () => {
      settings.smoothing = Number(smoothing?.value ?? 0);
      settings.log = log?.checked ?? false;
      memory.set("smoothing", String(settings.smoothing));
      memory.set("log", String(settings.log));
      drawAll();
    };
    smoothing?.addEventListener("input", keep);
    log?.addEventListener("change", keep);
    zoomOut?.addEventListener("click", () => {
      settings.range = void 0;
      zoomOut.hidden = true;
      drawAll();
    });
    let width = innerWidth;
    addEventListener("resize", () => {
      if (innerWidth === width) return;
      width = innerWidth;
      for (const { plot, host } of drawn.values()) plot.setSize({ width: Math.max(200, host.clientWidth), height: chartHeight });
    });
    drawAll();
    return drawAll;
  }

  // src/report/client/live.ts
  var staleMs = 15 * 6e4;
  function ago(ms) {
    const minutes = Math.round(ms / 6e4);
    if (minutes < 1) return "a moment ago";
    if (minutes < 60) return minutes === 1 ? "a minute ago" : \`\${minutes} minutes ago\`;
    const hours = Math.round(minutes / 60);
    return hours < 48 ? \`\${hours} hours ago\` : \`\${Math.round(hours / 24)} days ago\`;
  }
  function startLive({ live, refreshSeconds, updatedAt }, isBusy) {
    const freshness = element("freshness", HTMLElement);
    const stale = element("stale", HTMLElement);
    const tell = () => {
      const age = Date.now() - updatedAt;
      if (freshness !== void 0) freshness.textContent = \`Last update \${ago(age)} (\${new Date(updatedAt).toLocaleString()}).\`;
      if (stale !== void 0) stale.hidden = !live || age < staleMs;
    };
    tell();
    setInterval(tell, 3e4);
    const place = memory.get("scroll");
    if (place !== void 0) scrollTo({ top: Number(place), behavior: "instant" });
    memory.set("scroll", "0");
    if (!live) return;
    let touched = 0;
    for (const kind of ["pointerdown", "pointermove", "keydown", "wheel"]) addEventListener(kind, () => touched = Date.now(), { passive: true });
    const period = Date.now() - updatedAt > staleMs ? 10 * refreshSeconds : refreshSeconds;
    const loaded = Date.now();
    setInterval(() => {
      const due = Date.now() - loaded >= period * 1e3;
      const inUse = isBusy() || Date.now() - touched < 4e3 || document.querySelector("details[open]") !== null;
      if (!due || inUse || document.hidden) return;
      memory.set("scroll", String(scrollY));
      location.reload();
    }, 1e3);
  }

  // src/report/client/moments.ts
  var frameMs = 700;
  function startMoments({ moments }) {
    const slider = element("moment", HTMLInputElement);
    const output = element("moment-step", HTMLOutputElement);
    const play = element("play", HTMLButtonElement);
    if (slider === void 0) return { isPlaying: () => false };
    const shown = /* @__PURE__ */ new Map();
    for (const figure of document.querySelectorAll("[data-grid]")) {
      shown.set(figure.dataset["grid"], figure.querySelector("img")?.src ?? "");
    }
    const show = (index2) => {
      const moment = moments[index2];
      if (moment === void 0) return;
      slider.value = String(index2);
      if (output !== void 0) output.value = \`Step \${moment.step.toLocaleString("en-US")}\`;
      slider.setAttribute("aria-valuetext", \`Step \${moment.step}\`);
      for (const figure of document.querySelectorAll("[data-grid]")) {
        const name = figure.dataset["grid"];
        const grid = moment.grids[name];
        const image = figure.querySelector("img");
        if (grid === void 0 || image === null) continue;
        image.src = grid.uri ?? shown.get(name);
        figure.querySelector("a")?.setAttribute("href", grid.file);
      }
      memory.set("moment", index2 === moments.length - 1 ? "newest" : String(moment.step));
    };
    let timer;
    const stop = () => {
      clearInterval(timer);
      timer = void 0;
      if (play !== void 0) play.textContent = "Play";
      play?.setAttribute("aria-pressed", "false");
    };
    play?.addEventListener("click", () => {
      if (timer !== void 0) {
        stop();
        return;
      }
      play.textContent = "Pause";
      play.setAttribute("aria-pressed", "true");
      let index2 = Number(slider.value) >= moments.length - 1 ? 0 : Number(slider.value);
      show(index2);
      timer = setInterval(() => {
        show(++index2);
        if (index2 >= moments.length - 1) stop();
      }, frameMs);
    });
    slider.addEventListener("input", () => {
      stop();
      show(Number(slider.value));
    });
    const wanted = memory.get("moment");
    const index = moments.findIndex(({ step }) => String(step) === wanted);
    if (index >= 0) show(index);
    return { isPlaying: () => timer !== void 0 };
  }

  // src/report/client/theme.ts
  function startTheme(onChange) {
    const root = document.documentElement;
    const system = matchMedia("(prefers-color-scheme: dark)");
    const button = element("theme", HTMLButtonElement);
    const isDark = () => (root.dataset["theme"] ?? (system.matches ? "dark" : "light")) === "dark";
    const show = () => {
      if (button !== void 0) button.textContent = isDark() ? "Light" : "Dark";
    };
    system.addEventListener("change", () => {
      show();
      onChange();
    });
    if (button !== void 0) button.hidden = false;
    button?.addEventListener("click", () => {
      root.dataset["theme"] = isDark() ? "light" : "dark";
      memory.set("theme", root.dataset["theme"]);
      show();
      onChange();
    });
    show();
  }
  function restoreTheme() {
    const chosen = memory.get("theme");
    if (chosen !== void 0) document.documentElement.dataset["theme"] = chosen;
  }

  // src/report/client/main.ts
  restoreTheme();
  var data = readPageData();
  var drawCharts = startCharts(data);
  startTheme(drawCharts);
  var player = startMoments(data);
  startLive(data, player.isPlaying);
})();
`;
