import { categories } from "./categories.mjs";

export default {
  name: "符合性测试",
  output: "./allure-report/zh",
  categories: categories("zh"),
  plugins: {
    awesome: { options: { reportName: "符合性测试", reportLanguage: "zh", singleFile: true, groupBy: ["epic", "feature"] } },
  },
};
