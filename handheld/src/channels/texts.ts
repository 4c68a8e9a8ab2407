/** What the page of channels says. */
import { filled, type Language } from "../texts";

const en = {
  title: "Channels", connect: "Connect a channel", none: "No channel is connected yet. Connect the shops whose orders you ship.", close: "Close", live: "live", wrong: "That did not work: {why}",
  running: "running", paused: "paused", failing: "in trouble", isSilent: "never asked yet", kind: "Kind", site: "Warehouse", behind: "Behind by", heard: "Called us", asked: "Answered last", ago: "{time} ago", never: "never", upToDate: "up to date",
  failures: "Failures in a row", refusedOrders: "Orders refused", wantedOrders: "To be asked for", notices: "To be told", noticesRefused: "Would not hear",
  pause: "Pause", resume: "Let it go on", pull: "Ask now", settings: "Settings", wasPaused: "{what} is paused.", wasResumed: "{what} goes on.", wasAsked: "{what} is asked.", saved: "{what} is saved.", connected: "{what} is connected.", toOrders: "Its orders",
  refusedTitle: "Refused orders of {what}", refusedNone: "Every order of it is agreed to.", refusedTip: "What the channel says of these orders and what is here do not agree. Mend the cause, then try again.", document: "As the channel wrote it", tryAgain: "Try again", taken: "{reference} came in as {order}.", ended: "{reference} needs nothing any more.", stillRefused: "{reference}: {words}",
  ours: "It is our item …", oursTitle: "What the channel calls {name} is", item: "Our item", pieces: "Pieces of ours in one of theirs", name: "Say it", nameTip: "From now on for all its orders.",
  sells: "What it sells", sellsTitle: "What {what} sells", sellsNone: "It sells nothing of ours yet. What its orders name it sells from then on.", more: "More", maySell: "may sell {n}", untold: "not told yet", wasTold: "told {n}", isOff: "off", asChannel: "as the channel",
  asChannelIs: "as the channel: {rule}", changeRule: "Before it is there", backorder: "Sold before it is there", "backorder.never": "only what is there", "backorder.dated": "also what comes within {n} days", "backorder.always": "always, made to order", presellDays: "What comes within so many days",
  "backorderIs.never": "no: only what is there", "backorderIs.dated": "what is announced, with its date", "backorderIs.always": "always: it is made to order",
  "backorderTip.never": "An order for more than there is waits, and somebody is asked what to do.", "backorderTip.dated": "The shop may also sell what suppliers have announced and nobody waits for yet. Such an order waits with its date; beyond that somebody is asked.", "backorderTip.always": "Every order waits until there is some, and nobody is asked. The shop is told 999 more than there are.",
  chooseKind: "What kind of shop", code: "Short name", codeTip: "Orders and links carry it; letters, digits, dots, dashes. It stays.", showName: "Name", every: "Asked every (s)", unpaid: "Keep stock for orders that are not paid yet", sourcing: "Who sends its orders", "sourcing.off": "its warehouse", "sourcing.on": "whoever the rules say, as each comes", "sourcing.together": "whoever the rules say, many at once", "sourcingTip.off": "Every order waits for the stock of the channel's warehouse.", "sourcingTip.on": "The rules of the page of sourcing choose among all warehouses at once.", "sourcingTip.together": "Orders are held with their stock until the next five minutes are over; then it is chosen for all of them together, which saves parcels where goods are scarce.", save: "Save", change: "Settings of {what}", secretTip: "Leave it empty: it stays as it is.", tableTip: "One in each line: ours = theirs.", hook: "The shop calls us at", hookTip: "Give this address to the shop where it can call.",
  "set.address": "Address", "set.secret": "Secret", "set.app_key": "App key", "set.app_secret": "App secret", "set.session": "Session", "set.access_token": "Access token", "set.refresh_token": "Refresh token", "set.sign_method": "Way of signing", "set.carriers": "Carriers, as they are called there", "set.shop_id": "Shop number", "set.shop": "Shop", "set.location": "Location", "set.key": "Key", "set.token": "Token", "set.api_key": "API key", "set.client_id": "Client ID", "set.client_secret": "Client secret", "set.marketplace": "Marketplace", "set.webhook_secret": "Webhook secret",
  "kind.folder": "Folder of files (CSV, XLSX)", "set.folder": "Folder", "set.country": "Country, where a file says none", "set.currency": "Currency, where a file says none", "set.timezone": "Time zone of the files",
  "set.consumer_key": "Consumer key", "set.consumer_secret": "Consumer secret", "kind.shopify": "Shopify", "kind.woocommerce": "WooCommerce", "set.version": "API version", "set.ships_authorized": "Ship when the money is only held", "set.notifies_buyer": "Tell the buyer what has left", "set.pays_refunds": "Pay refunds back through the shop",
  "kind.pos": "Till of a shop", "set.shop_floor": "Zone of the shop floor",
  "kind.plain": "Webhook or API", "kind.taobao": "Taobao and Tmall", "kind.jd": "JD", "kind.douyin": "Douyin",
  s: "{n} s", min: "{n} min", h: "{n} h", d: "{n} d",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  title: "渠道", connect: "连接渠道", none: "还没有连接渠道。请连接由您发货的店铺。", close: "关闭", live: "实时", wrong: "操作失败：{why}",
  running: "运行中", paused: "已暂停", failing: "有故障", isSilent: "尚未查询", kind: "类型", site: "仓库", behind: "滞后", heard: "最近来电", asked: "最近应答", ago: "{time}前", never: "从未", upToDate: "已同步",
  failures: "连续失败", refusedOrders: "被拒订单", wantedOrders: "待查询", notices: "待通知", noticesRefused: "拒收通知",
  pause: "暂停", resume: "继续", pull: "立即查询", settings: "设置", wasPaused: "{what} 已暂停。", wasResumed: "{what} 已继续。", wasAsked: "正在查询 {what}。", saved: "{what} 已保存。", connected: "{what} 已连接。", toOrders: "其订单",
  refusedTitle: "{what} 的被拒订单", refusedNone: "所有订单均已接受。", refusedTip: "这些订单的渠道内容与此处不一致。请消除原因后重试。", document: "渠道原文", tryAgain: "重试", taken: "{reference} 已接收为 {order}。", ended: "{reference} 无需处理。", stillRefused: "{reference}：{words}",
  ours: "对应我们的商品…", oursTitle: "渠道所称的 {name} 是", item: "我们的商品", pieces: "渠道一件等于我们几件", name: "确认", nameTip: "今后适用于该渠道的所有订单。",
  sells: "在售商品", sellsTitle: "{what} 的在售商品", sellsNone: "该渠道尚未销售我们的商品。订单中出现的商品随即列入。", more: "更多", maySell: "可售 {n}", untold: "尚未通知", wasTold: "已通知 {n}", isOff: "已停售", asChannel: "同渠道设置",
  asChannelIs: "同渠道：{rule}", changeRule: "到货前销售", backorder: "到货前能否销售", "backorder.never": "只售现货", "backorder.dated": "含 {n} 天内到货", "backorder.always": "始终可售（按单生产）", presellDays: "可预售多少天内到货的商品",
  "backorderIs.never": "否：只售现货", "backorderIs.dated": "可预售已预告的到货，并告知日期", "backorderIs.always": "始终：按单生产",
  "backorderTip.never": "订单超出现货时等待，并交由专人处理。", "backorderTip.dated": "店铺还可销售供应商已预告、且无人等待的到货。此类订单带日期等待；超出部分交由专人处理。", "backorderTip.always": "所有订单都等到有货为止，不交由专人处理。告知店铺的数量比现货多 999。",
  chooseKind: "店铺类型", code: "短名称", codeTip: "用于订单和链接：字母、数字、点、横线。以后不能更改。", showName: "名称", every: "查询间隔（秒）", unpaid: "为未付款订单保留库存", sourcing: "由谁发货", "sourcing.off": "其仓库", "sourcing.on": "按规则，逐单决定", "sourcing.together": "按规则，多单一起决定", "sourcingTip.off": "每个订单都等待该渠道仓库的库存。", "sourcingTip.on": "订单一到，就按寻源页面的规则在所有仓库中选择。", "sourcingTip.together": "订单连同库存暂缓至下一个五分钟，然后统一选择；货物紧缺时可减少包裹。", save: "保存", change: "{what} 的设置", secretTip: "留空则保持不变。", tableTip: "每行一个：我们的名称 = 渠道的名称。", hook: "店铺回调地址", hookTip: "店铺可主动通知时，请在店铺填写此地址。",
  "set.address": "地址", "set.secret": "密钥", "set.app_key": "App Key", "set.app_secret": "App Secret", "set.session": "授权码", "set.access_token": "访问令牌", "set.refresh_token": "刷新令牌", "set.sign_method": "签名方式", "set.carriers": "渠道的承运商名称", "set.shop_id": "店铺编号", "set.shop": "店铺", "set.location": "位置", "set.key": "密钥", "set.token": "令牌", "set.api_key": "API 密钥", "set.client_id": "客户端 ID", "set.client_secret": "客户端密钥", "set.marketplace": "站点", "set.webhook_secret": "回调密钥",
  "kind.folder": "文件夹（CSV、XLSX）", "set.folder": "文件夹", "set.country": "文件未注明时的国家", "set.currency": "文件未注明时的货币", "set.timezone": "文件的时区",
  "set.consumer_key": "Consumer Key", "set.consumer_secret": "Consumer Secret", "kind.shopify": "Shopify", "kind.woocommerce": "WooCommerce", "set.version": "API 版本", "set.ships_authorized": "仅预授权付款也发货", "set.notifies_buyer": "发货时通知买家", "set.pays_refunds": "通过店铺退款",
  "kind.pos": "门店收银台", "set.shop_floor": "卖场所在区域",
  "kind.plain": "Webhook 或 API", "kind.taobao": "淘宝和天猫", "kind.jd": "京东", "kind.douyin": "抖音",
  s: "{n} 秒", min: "{n} 分", h: "{n} 小时", d: "{n} 天",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
/** `undefined` only for a key that was put together from what the server told. */
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => (all[language][key] === undefined ? (undefined as unknown as string) : filled(all[language][key], args));
