"use strict";
// Language, filter, copying and printing. Without it the page still tells everything.
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const chinese = one("#lang-zh");
  const tongue = () => (chinese.checked ? "zh" : "en");

  // Words that no element can hold in both languages: the title, labels of regions, options, hints.
  function speak() {
    const key = tongue();
    const words = (kind) => kind + (key === "zh" ? "Zh" : "En");
    root.lang = key === "zh" ? "zh-Hans" : "en";
    all("title, option[data-en]").forEach((e) => { e.textContent = e.dataset[key]; });
    all("[data-label-en]").forEach((e) => e.setAttribute("aria-label", e.dataset[words("label")]));
    all("[data-hint-en]").forEach((e) => { e.placeholder = e.dataset[words("hint")]; });
    all(".copy").forEach((e) => { e.textContent = key === "zh" ? "复制" : "Copy"; });
  }

  // Some browsers refuse storage to files; the choice then holds for this view only.
  function remembered(value) {
    try {
      if (value) localStorage.setItem("iic-conform-language", value);
      return localStorage.getItem("iic-conform-language");
    } catch {
      return null;
    }
  }
  const chosen = remembered() || (/^zh/i.test(navigator.language) ? "zh" : "en");
  one(`#lang-${chosen === "zh" ? "zh" : "en"}`).checked = true;
  all("[name=language]").forEach((radio) => radio.addEventListener("change", () => { remembered(tongue()); speak(); }));

  // The filter. What a row says is gathered once, when someone first searches.
  const form = one("#filter");
  const query = one("#q"), level = one("#level"), standard = one("#standard");
  const boxes = all("[name=verdict]", form);
  const blocks = all("div.clause").map((block) => ({ block, rows: all("tbody tr", block) }));
  const sections = all("section.standard");
  const said = new Map();
  const words = (row) => {
    if (!said.has(row)) said.set(row, `${row.parentNode.parentNode.caption.textContent} ${row.textContent}`.toLowerCase());
    return said.get(row);
  };

  function apply() {
    const verdicts = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const terms = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (row) =>
      (!verdicts.size || verdicts.has(row.dataset.v)) &&
      (!level.value || row.dataset.l === level.value) &&
      (!standard || !standard.value || row.dataset.s === standard.value) &&
      terms.every((term) => words(row).includes(term));
    let seen = 0;
    for (const { block, rows } of blocks) {
      let here = 0;
      for (const row of rows) {
        const good = fits(row);
        if (row.hidden === good) row.hidden = !good;
        here += good;
      }
      if (block.hidden !== !here) block.hidden = !here;
      seen += here;
    }
    for (const section of sections) section.hidden = !section.querySelector("div.clause:not([hidden])");
    all(".seen").forEach((e) => { e.textContent = seen.toLocaleString("en"); });
    all(".no-rows").forEach((e) => { e.hidden = seen > 0; });
  }

  function clear() {
    form.reset();
    apply();
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  all("[data-only]").forEach((link) => link.addEventListener("click", () => {
    form.reset();
    boxes.forEach((box) => { box.checked = box.value === link.dataset.only; });
    apply();
  }));

  // A link to a row that the filter hides shows it.
  function arrive() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("[hidden]")) clear();
    const within = target.closest("details");
    if (within) within.open = true;
    target.scrollIntoView();
  }
  addEventListener("hashchange", arrive);

  // Commands can be copied.
  const status = one("#copied");
  const copying = (code) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        status.textContent = "";
        status.textContent = tongue() === "zh" ? "已复制" : "Copied";
        button.textContent = status.textContent;
        setTimeout(speak, 1500);
      } catch {
        getSelection().selectAllChildren(code);
      }
    });
    button.textContent = tongue() === "zh" ? "复制" : "Copy";
    code.after(button);
  };
  const near = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      all("code.command", target).forEach(copying);
    }
  }, { rootMargin: "50%" });
  all("article").forEach((article) => near.observe(article));

  // On paper nothing can be opened.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all(".exchange:not([open]), .reasons details:not([open])");
    opened.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((details) => { details.open = false; }));

  speak();
  if (query.value || boxes.some((box) => box.checked)) apply();
  arrive();
})();
