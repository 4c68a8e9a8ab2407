/** What the set-up guide says of itself; its forms speak as those of the master data. */
import { filled, type Language } from "../texts";

const en = {
  title: "Set-up guide", intro: "Seven short steps from nothing to the first scan. You can stop at any time; what there is already counts as done.", progress: "{done} of {all} done", isDone: "done", isLater: "later", next: "Next", finish: "Finish", notNow: "Not now", allDone: "You are ready to work. What is left can be done at any time.", toDashboard: "To the dashboard",
  setupTitle: "Welcome: who are you?", setupWhy: "You become the first administrator. This page works once.", yourName: "Your name", passwordTip: "At least 12 characters; for this and the other pages.", begin: "Begin", wrongLink: "This is not the whole link. Open it as the server printed it.",
  warehouse: "Warehouse and bins", warehouseWhy: "Every bin has a code, so that a scan says where somebody stands. The usual is filled in; change what is different with you.",
  labels: "Bin labels", labelsWhy: "Each bin gets a label with its barcode and check digits. Print them on any printer and stick them on.",
  items: "Items", itemsWhy: "What lies in the bins: a code, a name, and the barcode that is printed on it.",
  people: "People", peopleWhy: "Each person has a badge to scan and a PIN, so that every move says who made it.",
  printer: "A label printer", printerWhy: "Pallets and parcels get labels while people work. Until there is a printer, labels are kept as files.",
  handheld: "A handheld", handheldWhy: "Any Android handheld, telephone or computer with a browser. It is let in once.",
  practice: "First scans", practiceWhy: "Sign in on the handheld with your badge and PIN, then scan a bin and an item. Nothing is booked.",
  usualName: "Main warehouse", siteCode: "Short code", siteCodeTip: "Letters and digits; all bins begin with it.", aisles: "Aisles", racks: "Racks in an aisle", levels: "Levels of a rack", finer: "Own pattern and distances", byNumbers: "By numbers", byFile: "From a CSV file", byHand: "Type in", fileAfter: "First the warehouse is made, then you choose the file of its bins.", makeSite: "Make the warehouse", makeBins: "Make the bins", makeSiteAndBins: "Make the warehouse and its bins",
  labelsPdf: "Labels as a PDF", labelsPrint: "Print at {printer}", labelsTip: "{count} bins; the PDF has the first 1,000, on A4 as many as fit.", labelsAsked: "{count} labels were sent to the printer.",
  itemsThere: "{count} items", pinsOnce: "These PINs are shown only now. Tell them to their owners.", pinMade: "Made by chance; change it if you like.", addPerson: "Add",
  testLabel: "Test label", testAsked: "A test label was sent. See whether it comes out.", foundPorts: "Found at the server", printerAddress: "Address in the network", printerTip: "As the printer shows it in its menu, such as 10.0.0.41; the port is 9100 if you give none.", usePrinter: "Use this printer",
  handheldIn: "{name} is in.", practiceHow: "Scan these from the screen, or the labels themselves.", scanBin: "Scan a bin", scanItem: "Scan an item", whatCame: "What came", nothingCame: "Nothing yet. Scan something.", isBin: "bin", isItem: "item", isUnknown: "not known", isOther: "code", firstScanDone: "A bin and an item were scanned: you are ready.",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  title: "设置向导", intro: "从零到第一次扫描，共七个简短步骤。可随时中断；已有的内容视为完成。", progress: "已完成 {done} / {all}", isDone: "完成", isLater: "以后", next: "下一步", finish: "结束", notNow: "以后再说", allDone: "可以开始作业了。其余步骤可随时完成。", toDashboard: "前往看板",
  setupTitle: "欢迎：请介绍您自己", setupWhy: "您将成为首位管理员。此页面只能使用一次。", yourName: "您的姓名", passwordTip: "至少 12 个字符，用于本页及其他页面。", begin: "开始", wrongLink: "链接不完整，请按服务器显示的完整链接打开。",
  warehouse: "仓库和库位", warehouseWhy: "每个库位都有编码，扫描即知所在位置。已填入常用值，请按实际情况更改。",
  labels: "库位标签", labelsWhy: "每个库位贴一张带条码和校验码的标签，任何打印机都可打印。",
  items: "商品", itemsWhy: "库位中存放的货物：编码、名称，以及包装上的条码。",
  people: "人员", peopleWhy: "每人有一张供扫描的工牌和一个 PIN 码，每次移动都能查到是谁做的。",
  printer: "标签打印机", printerWhy: "作业时为托盘和包裹打印标签。没有打印机时，标签保存为文件。",
  handheld: "手持终端", handheldWhy: "任何带浏览器的安卓手持终端、手机或电脑，登记一次即可。",
  practice: "首次扫描", practiceWhy: "在手持终端上用工牌和 PIN 码登录，然后扫描一个库位和一个商品。不会记账。",
  usualName: "主仓库", siteCode: "简码", siteCodeTip: "字母和数字，所有库位以此开头。", aisles: "通道数", racks: "每条通道的货架数", levels: "货架层数", finer: "自定规律和间距", byNumbers: "按数量生成", byFile: "由 CSV 文件导入", byHand: "手工输入", fileAfter: "先建立仓库，然后选择库位文件。", makeSite: "建立仓库", makeBins: "生成库位", makeSiteAndBins: "建立仓库并生成库位",
  labelsPdf: "标签 PDF", labelsPrint: "在 {printer} 打印", labelsTip: "共 {count} 个库位；PDF 含前 1,000 个，A4 纸排满。", labelsAsked: "已向打印机发送 {count} 张标签。",
  itemsThere: "{count} 种商品", pinsOnce: "这些 PIN 码只显示这一次，请告知本人。", pinMade: "随机生成，可自行更改。", addPerson: "添加",
  testLabel: "测试标签", testAsked: "测试标签已发送，请查看是否打出。", foundPorts: "服务器上发现的端口", printerAddress: "网络地址", printerTip: "打印机菜单中显示的地址，如 10.0.0.41；不写端口时为 9100。", usePrinter: "使用此打印机",
  handheldIn: "{name} 已登记。", practiceHow: "可直接扫描屏幕上的码，或扫描标签本身。", scanBin: "扫描库位", scanItem: "扫描商品", whatCame: "收到的扫描", nothingCame: "还没有。请扫描。", isBin: "库位", isItem: "商品", isUnknown: "未知", isOther: "条码", firstScanDone: "已扫描库位和商品：准备就绪。",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => filled(all[language][key], args);
