// Before anything else, in the oldest words that browsers know: whether this browser can run the page, and what it lacks.
(function () {
  var CHROME_MIN = 80;
  var chinese = /^zh/i.test(navigator.language || "");
  var said = chinese
    ? { title: "此浏览器过旧", lacks: "缺少：", now: "请更新 Chrome 或系统 WebView 至 " + CHROME_MIN + " 或更高版本。", have: "当前版本：" }
    : { title: "This browser is too old", lacks: "It lacks: ", now: "Update Chrome or the system's WebView to version " + CHROME_MIN + " or later.", have: "Its version: " };
  var needed = [
    [chinese ? "本地数据库 (IndexedDB)" : "a database of its own (IndexedDB)", "indexedDB" in window && !!window.indexedDB],
    [chinese ? "网络请求 (fetch)" : "calls of the server (fetch)", "fetch" in window && "AbortController" in window],
    [chinese ? "标签页通信 (BroadcastChannel)" : "talk between tabs (BroadcastChannel)", "BroadcastChannel" in window],
    [chinese ? "随机数 (crypto)" : "random numbers (crypto)", !!(window.crypto && window.crypto.getRandomValues)],
    [chinese ? "实时连接 (WebSocket)" : "live connections (WebSocket)", "WebSocket" in window],
    ["Promise.allSettled", "Promise" in window && "allSettled" in window.Promise],
    ["String.matchAll", "matchAll" in String.prototype],
    [chinese ? "模块 (script type=module)" : "modules (script type=module)", "noModule" in document.createElement("script")],
    [chinese ? "网格布局 (CSS grid)" : "layout in grids (CSS grid)", !!(window.CSS && CSS.supports && CSS.supports("display", "grid"))]
  ];
  var lacking = [];
  for (var at = 0; at < needed.length; at += 1) {
    if (!needed[at][1]) lacking.push(needed[at][0]);
  }

  function line(tag, text) {
    var made = document.createElement(tag);
    made.appendChild(document.createTextNode(text));
    return made;
  }

  function show() {
    var version = /Chrom(?:e|ium)\/(\d+)/.exec(navigator.userAgent);
    var place = document.getElementById("app");
    if (!place || document.getElementById("lacks")) return;
    var box = document.createElement("div");
    box.id = "lacks";
    box.setAttribute("role", "alert");
    box.style.padding = "16px";
    box.style.lineHeight = "1.5";
    box.appendChild(line("h1", said.title));
    box.appendChild(line("p", said.lacks + lacking.join(chinese ? "、" : ", ")));
    if (version) box.appendChild(line("p", said.have + version[1]));
    box.appendChild(line("p", said.now));
    place.innerHTML = "";
    place.appendChild(box);
  }

  function stop() {
    document.documentElement.setAttribute("data-lacks", String(lacking.length));
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", show);
    else show();
  }

  if (lacking.length) stop();
  // The language itself, such as `a?.b`, can only be tried by the page's own script: a policy forbids to make one from text.
  window.addEventListener("error", function (event) {
    if (!/SyntaxError/.test(String(event.message))) return;
    lacking.push(chinese ? "JavaScript ES2020 语法（可选链等）" : "the language ES2020 (optional chaining and more)");
    stop();
  });
})();
