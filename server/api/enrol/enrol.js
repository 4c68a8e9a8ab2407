// Says how far this browser trusts the server, and what to do about it. Written for old browsers too.
const TEXTS = {
  en: {
    A: "Trusted and encrypted. The page can be installed and works after a reload without network.",
    B: "Not encrypted. Work is kept as long as the page stays open: do not close or reload it without network.",
    C: "Allowed by the device's management. Everything works, but nothing is encrypted.",
    U: "Encrypted, but this device does not know the server. A reload without network does not work. Install the certificate.",
    D: "This device does not know the server yet. Install its certificate once, then everything works.",
    asking: "Looking …", openHttps: "Open Aisle", openHere: "Open Aisle", title: "Let this device trust the server (once)",
    download: "Load the certificate:", certificate: "Download the certificate",
    settings: "Open Settings, Security, More (or Encryption & credentials), Install a certificate, CA certificate, Install anyway; choose aisle-ca.crt.",
    compare: "Compare the fingerprint with the one that the server printed when it started. If they differ, stop and tell the supervisor.",
    again: "Come back to this page: it shows A. Then scan the supervisor's code for this device.",
    others: "Firefox, iPhone, Windows and others take the other form:", scanCertificate: "The certificate", scanHttps: "Aisle, afterwards", other: "中文",
  },
  "zh-CN": {
    A: "已信任并加密。页面可以安装，离线刷新后仍可使用。",
    B: "未加密。页面保持打开时数据会保留：离线时请勿关闭或刷新页面。",
    C: "由设备管理策略允许。功能齐全，但未加密。",
    U: "已加密，但此设备不认识服务器，离线刷新后无法使用。请安装证书。",
    D: "此设备还不认识服务器。安装一次证书后即可使用全部功能。",
    asking: "正在检查……", openHttps: "打开 Aisle", openHere: "打开 Aisle", title: "让此设备信任服务器（只需一次）",
    download: "下载证书：", certificate: "下载证书",
    settings: "打开“设置”→“安全”→“更多安全设置”（或“加密与凭据”）→“安装证书”→“CA 证书”→“仍然安装”，选择 aisle-ca.crt。",
    compare: "将指纹与服务器启动时显示的指纹核对。如不一致，请停止并告知主管。",
    again: "返回此页面，应显示 A。然后扫描主管为此设备提供的代码。",
    others: "Firefox、iPhone、Windows 等请使用另一种格式：", scanCertificate: "证书", scanHttps: "安装后打开 Aisle", other: "English",
  },
};
const at = (id) => document.getElementById(id);
let language = navigator.language.startsWith("zh") ? "zh-CN" : "en";
let tier = "asking";
let facts = { https: null };

function draw() {
  const texts = TEXTS[language];
  document.documentElement.lang = language;
  for (const one of document.querySelectorAll("[data-text]")) one.textContent = texts[one.dataset.text];
  at("language").textContent = texts.other;
  at("letter").textContent = tier === "asking" ? "…" : tier === "D" || tier === "U" ? "B" : tier;
  at("verdict").textContent = texts[tier];
  at("tier").className = `tier ${tier === "A" || tier === "C" ? "good" : "plain"}`;
  document.body.dataset.tier = tier;
  at("steps").hidden = !facts.https || tier === "A" || tier === "asking";
  at("open").hidden = tier === "asking" || tier === "D" || tier === "U";
  at("open").textContent = texts.openHttps;
  at("open").href = tier === "A" && location.protocol === "http:" ? facts.https : "/";
  if (!facts.https) return;
  at("fingerprint").textContent = facts.fingerprint;
  at("certificate-qr").src = `data:image/svg+xml,${encodeURIComponent(facts.certificate_qr)}`;
  at("https-qr").src = `data:image/svg+xml,${encodeURIComponent(facts.https_qr)}`;
}

async function isWorkerTaken() {
  try {
    await navigator.serviceWorker.register("/sw.js");
    return true;
  } catch (error) {
    return false;
  }
}

async function isTrusted(address) {
  try {
    await fetch(`${address}healthz`, { mode: "no-cors", cache: "no-store" });
    return true;
  } catch (error) {
    return false;
  }
}

async function look() {
  facts = await (await fetch("/enrol/facts.json", { cache: "no-store" })).json();
  if (location.protocol === "https:") tier = "serviceWorker" in navigator && (await isWorkerTaken()) ? "A" : "U";
  else if (facts.https) tier = (await isTrusted(facts.https)) ? "A" : "D";
  else tier = window.isSecureContext ? "C" : "B";
  draw();
}

at("language").addEventListener("click", () => {
  language = language === "en" ? "zh-CN" : "en";
  draw();
});
draw();
look();
addEventListener("focus", look);
