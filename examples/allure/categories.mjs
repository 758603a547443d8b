// The categories of allure-results/categories.json, under the names of each language. A message begins with the verdict.
const rules = [
  { en: "Nonconformities", zh: "不符合项", status: "failed", message: "^(?!warning)" },
  { en: "Warnings", zh: "警告", status: "failed", message: "^warning" },
  { en: "Inconclusive", zh: "无法判定", status: "broken", message: "^inconclusive" },
  { en: "Errors of the harness", zh: "测试工具错误", status: "broken", message: "^(?!inconclusive)" },
  { en: "Not applicable", zh: "不适用", status: "skipped", message: "^not applicable" },
  { en: "Not tested", zh: "未测试", status: "skipped", message: "^(?!not applicable)" },
];

export const categories = (language) =>
  rules.map(({ status, message, ...names }) => ({
    name: names[language],
    matchers: { statuses: [status], message: new RegExp(message) },
  }));
