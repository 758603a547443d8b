import { categories } from "./categories.mjs";

export default {
  name: "Conformance",
  output: "./allure-report/en",
  categories: categories("en"),
  plugins: {
    awesome: { options: { reportName: "Conformance", reportLanguage: "en", singleFile: true, groupBy: ["epic", "feature"] } },
  },
};
