import { filled, type Language } from "../texts";

const en = {
  title: "Labels", away: "The server cannot be reached. Nothing that you wrote is lost; try again.", read: "OK",
  choose: "Choose a label.", newOne: "A new label", begin: "Begin a new one", oursPrints: "ours prints", versionPrints: "version {version} prints", drafts: "does not print",
  description: "Description", unkept: "not kept yet", atLine: "Line {line}: {sentence}", keep: "Keep as a new version", keepHint: "Under the name that it gives itself. Nothing prints differently until you say so.",
  noDescription: "This is a document of pages with a line for each row, which a description of one label cannot draw. To print one label in its place, begin a new one and give it this name.",
  kept: "Kept: {name}, version {version}. It does not print yet.", leave: "What you wrote is not kept. Leave it?",
  picture: "How it looks", drawing: "is being drawn …", unprinted: "No version of it prints yet. An administrator can have one print.", undrawn: "This browser cannot draw it. What the printer draws is not touched by that.", large: "At {dpi} dpi this label is too large to be drawn here. Choose fewer.", size: "{width} × {height} mm", pages: "the first of {pages} pages", resolution: "Resolution",
  values: "What stands on it", noFields: "It has no fields.", required: "needed", noRows: "Rows are written as JSON: [{\"name\": \"value\"}].", sampleAgain: "The sample again",
  versions: "Versions", version: "Version {version}", ours: "Ours", prints: "prints", printsNot: "does not print", live: "prints", draft: "draft", retired: "printed before", noVersions: "Nobody has made a version of it yet.",
  open: "Open", putLive: "Have it print from now on", takeBack: "Have ours print again", takeOut: "Have none print",
  isLive: "Version {version} prints from now on.", wasRead: "A scanner read from it: {codes}", noCodes: "It holds no code that a scanner would read.", oursAgain: "Ours prints again. The versions are kept.", noneNow: "None of them prints any more. The versions are kept.",
  where: "Where it prints", everywhere: "all warehouses", onlyHere: "What you decide here is for {site} alone.", elsewhere: "prints in other warehouses", printsIn: "in {sites}", noOwn: "Have {site} print what all print",
  isLiveAt: "Version {version} prints in {site} from now on.", sameAgain: "{site} prints again what all print.", otherThere: "{site} prints another version of it. Open that one, or choose another printer.",
  print: "Print it", printer: "Printer", copies: "Copies", copiesWrong: "Copies are a number from 1 to {most}.", printNow: "Print", comesOut: "It comes out at {printer} ({copies} ×, label {id}).", noPrinters: "This warehouse has no printer yet.",
  printsOther: "Printed by hand is only what prints: keep this, then have it print from now on.", wrongFirst: "Mend what is wrong first.",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  title: "标签", away: "无法连接服务器。您写的内容没有丢失，请重试。", read: "知道了",
  choose: "请选择标签。", newOne: "新标签", begin: "新建标签", oursPrints: "使用内置标签", versionPrints: "使用版本 {version}", drafts: "不打印",
  description: "标签描述", unkept: "尚未保存", atLine: "第 {line} 行：{sentence}", keep: "保存为新版本", keepHint: "以描述中的名称保存。在您启用之前，打印内容不变。",
  noDescription: "这是分页、逐行打印的单据，单张标签的描述无法绘制。如需以单张标签代替，请新建标签并使用此名称。",
  kept: "已保存：{name}，版本 {version}。尚未启用。", leave: "您写的内容尚未保存。确定离开吗？",
  picture: "标签外观", drawing: "正在绘制…", unprinted: "还没有启用的版本。管理员可以启用。", undrawn: "此浏览器无法绘制。打印不受影响。", large: "此标签在 {dpi} dpi 下过大，无法在此绘制。请选择较低的分辨率。", size: "{width} × {height} 毫米", pages: "共 {pages} 页，显示第一页", resolution: "分辨率",
  values: "标签内容", noFields: "没有字段。", required: "必填", noRows: "行须写成 JSON：[{\"name\": \"value\"}]。", sampleAgain: "恢复示例",
  versions: "版本", version: "版本 {version}", ours: "内置标签", prints: "使用中", printsNot: "未使用", live: "使用中", draft: "草稿", retired: "曾使用", noVersions: "还没有人做过版本。",
  open: "打开", putLive: "从现在起用它打印", takeBack: "恢复内置标签", takeOut: "全部停用",
  isLive: "从现在起用版本 {version} 打印。", wasRead: "扫描器读到：{codes}", noCodes: "其中没有可扫描的条码。", oursAgain: "已恢复内置标签。各版本仍保留。", noneNow: "所有版本均已停用。各版本仍保留。",
  where: "用于", everywhere: "所有仓库", onlyHere: "此处的更改只对 {site} 生效。", elsewhere: "其他仓库使用中", printsIn: "用于 {sites}", noOwn: "{site} 改用所有仓库的标签",
  isLiveAt: "从现在起 {site} 用版本 {version} 打印。", sameAgain: "{site} 已恢复使用所有仓库的标签。", otherThere: "{site} 使用另一个版本。请打开该版本，或选择其他打印机。",
  print: "打印", printer: "打印机", copies: "份数", copiesWrong: "份数须为 1 到 {most} 的数字。", printNow: "打印", comesOut: "将在 {printer} 打印（{copies} 份，标签 {id}）。", noPrinters: "本仓库还没有打印机。",
  printsOther: "手动打印只打印使用中的版本：请先保存，再启用。", wrongFirst: "请先改正错误。",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => filled(all[language][key], args);

/** The server calls our own labels by English names. */
const TITLES: Record<string, string> = {
  badge: "员工工牌", carton: "纸箱：订单、内容、SSCC", command_card: "现场命令卡", count_sheet: "盘点单：库位与商品", digital_link: "GS1 Digital Link 二维码", gs1_datamatrix: "GS1 DataMatrix：GTIN、批次、有效期、序列号",
  return_label: "退货标签：退回地址、订单、退货编号", item: "商品或货架：名称、编号、GTIN", location: "库位：代码、校验数字、箭头、层", lpn: "LPN：托盘、箱或周转箱编号", packing_list: "装箱单：包裹内容明细", shipping: "发货标签：地址、承运商、运单号、SSCC", sscc: "GS1 物流标签：SSCC、内容、日期、批次", test_sheet: "打印机测试页",
};
export const titleOf = (language: Language, name: string, title: string): string => (language === "zh-CN" ? (TITLES[name] ?? title) : title);
