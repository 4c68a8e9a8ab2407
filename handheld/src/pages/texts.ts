/** What is around every supervisor's page. */
import { filled, type Language } from "../texts";

const en = {
  places: "Pages", menu: "Menu", floor: "Floor", ordersGroup: "Orders", shops: "Channels", setUp: "Set-up", dashboard: "Dashboard", orders: "Orders", phone: "Phone", exceptions: "Exceptions", returns: "Returns", channels: "Channels", sales: "Till sales", sourcing: "Sourcing", figures: "Figures", inbound: "Inbound", masterdata: "Master data", devices: "Devices", labels: "Labels", guide: "Set-up guide",
  language: "中文", theme: "Colours", auto: "As the device", light: "Light", dark: "Dark", signOut: "Sign out",
  signInTitle: "Sign in", badge: "Badge", password: "Password", signIn: "Sign in", notAllowed: "This page is for supervisors. Sign in as one.",
  away: "The server cannot be reached. What is shown is old.", again: "Try again", close: "Close",
} as const;
export type Key = keyof typeof en;
const zh: Record<Key, string> = {
  places: "页面", menu: "菜单", floor: "现场", ordersGroup: "订单", shops: "渠道", setUp: "基础设置", dashboard: "看板", orders: "订单", phone: "电话", exceptions: "异常", returns: "退货", channels: "渠道", sales: "门店销售", sourcing: "寻源", figures: "指标", inbound: "到货", masterdata: "基础数据", devices: "设备", labels: "标签", guide: "设置向导",
  language: "English", theme: "配色", auto: "随设备", light: "浅色", dark: "深色", signOut: "退出",
  signInTitle: "登录", badge: "工牌", password: "密码", signIn: "登录", notAllowed: "此页面仅供主管使用，请以主管身份登录。",
  away: "无法连接服务器，显示的内容可能已过时。", again: "重试", close: "关闭",
};
const all: Record<Language, Record<Key, string>> = { en, "zh-CN": zh };
export const say = (language: Language, key: Key, args?: Record<string, unknown>): string => filled(all[language][key], args);
