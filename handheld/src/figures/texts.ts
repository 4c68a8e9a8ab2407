/** What the page of figures says by itself; what the figures are called and mean comes from the server. */
import { filled, type Language } from "../texts";

const en = {
  title: "Figures", today: "Today", week: "7 days", month: "30 days", quarter: "Quarter", own: "Own days", from: "From", to: "To", by: "Steps", auto: "By itself", hour: "Hours", day: "Days", weeks: "Weeks", months: "Months",
  compare: "Compare with", none: "Nothing", before: "The days before", year: "The year before", ownCompare: "Other days",
  warehouse: "Warehouse", worker: "Person", zone: "Zone", everybody: "Everybody", everywhere: "All zones", show: "Show", csv: "CSV", pdf: "PDF",
  better: "better", worse: "worse", same: "as before", was: "before: {value}", unknown: "not known", meaning: "What it means", table: "All figures", figure: "Figure", now: "Now", then: "Before", difference: "Difference",
  people: "People", person: "Person", nobody: "Nobody has done anything in this time.", partly: "Not all of this time is summed up yet. Look again in some minutes.", clock: "Days by the clock of {zone}", span: "{from} to {to}", versus: "{from} to {to}, before: {was}",
  orders: "Orders", speed: "How long it takes", work: "Work", right: "How right it is", money: "Walk, cost and stock", charts: "Course", close: "Close", noDay: "A day is missing. Choose both, from and to.", noSuchTime: "One of the days lies outside of every history. Look at its year.", wrongWay: "The last day is before the first. Exchange the two.", away: "The answer is wrong: {why}",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  title: "指标", today: "今天", week: "7 天", month: "30 天", quarter: "季度", own: "自选日期", from: "从", to: "到", by: "步长", auto: "自动", hour: "小时", day: "天", weeks: "周", months: "月",
  compare: "对比", none: "不对比", before: "之前的同样天数", year: "去年同期", ownCompare: "其他日期",
  warehouse: "仓库", worker: "人员", zone: "库区", everybody: "全部人员", everywhere: "全部库区", show: "显示", csv: "CSV", pdf: "PDF",
  better: "变好", worse: "变差", same: "持平", was: "之前：{value}", unknown: "未知", meaning: "含义", table: "全部指标", figure: "指标", now: "现在", then: "之前", difference: "差异",
  people: "人员", person: "人员", nobody: "这段时间没有人作业。", partly: "这段时间尚未全部汇总，请几分钟后再看。", clock: "日期按 {zone} 时钟", span: "{from} 至 {to}", versus: "{from} 至 {to}，之前：{was}",
  orders: "订单", speed: "用时", work: "作业", right: "准确性", money: "步行、成本与库存", charts: "走势", close: "关闭", noDay: "缺少日期，请选好起止两个日期。", noSuchTime: "有一个日期超出历史范围，请检查年份。", wrongWay: "结束日期早于开始日期，请对调。", away: "回答有误：{why}",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => filled(all[language][key], args);
