"""The words of the printed report that the report on the screen does not have, in English and in Chinese."""

import re

from ..model import Said

TITLE = Said("Test report", "检测报告")
REPORT = Said("Report", "报告编号")
ISSUED = Said("Issued", "签发日期")
PAGE = Said("Page {n} of {m}", "第 {n} 页 共 {m} 页")
END = Said("End of test report {id}", "检测报告 {id} 结束")
RUN = Said("Run {id}", "运行 {id}")
ACCREDITED = Said("Accredited by {body}, No. {id}", "{body}认可，编号 {id}")
NOT_ACCREDITED = Said("This laboratory is not accredited.", "本实验室未获认可。")
OUTSIDE = Said("Not covered by the accreditation", "不在认可范围内的结果")
REPLACES = Said(
    "This report replaces report {id} of {day}, which is no longer valid; see the part Amendments.",
    "本报告替代 {day} 签发的报告 {id}，原报告作废。见“更改记录”。",
)
AUTHORISED = Said("Authorised by", "授权签发")
SIGNATURE = Said("Signature", "签名")
ELECTRONIC = Said("by the electronic signature of this PDF", "见本 PDF 的电子签名")
LANGUAGE = Said("This is the English version of the report.", "本文件为报告的中文版。")

RESULT = Said("Result", "结果")
STATEMENT = Said("Statement of conformity", "符合性声明")
CONFORMS = Said(
    "{product} conforms to the profile {profile}: every binding requirement that applies to it and can be seen from "
    "outside passed.",
    "{product} 符合行规 {profile}：所有适用且可从外部观察的强制要求均已通过。",
)
DOES_NOT_CONFORM = Said(
    "{product} does not conform to the profile {profile}: the binding requirements listed here are not met.",
    "{product} 不符合行规 {profile}：下列强制要求未得到满足。",
)
NO_STATEMENT = Said(
    "No statement of conformity of {product} to the profile {profile} is made, since not everything that binds the "
    "product was judged.",
    "由于并非所有适用的强制要求都得到判定，因此不对 {product} 是否符合行规 {profile} 作出声明。",
)
NOT_MET = Said("Requirements not met", "未满足的要求")
AND_MORE = Said("and {n} more; see the part All requirements", "另有 {n} 项，见“全部要求”")
DECISION_RULE = Said("Decision rule", "判定规则")
UNCERTAINTY = Said("Uncertainty", "不确定度")
STATEMENTS = Said("Statements", "声明")
OPINIONS = Said("Opinions and interpretations", "意见和解释")
OPINIONS_ARE = Said(
    "These are opinions of the persons named. They are no results of tests.", "以下为所列人员的意见，不属于检测结果。"
)
BASIS = Said("Basis", "依据")
BY = Said("By", "提出人")

TEST = Said("Item, customer and test", "样品、委托方与检测")
TESTING = Said("Testing", "检测")
LABORATORY = Said("Laboratory", "实验室")
ADDRESS = Said("Address", "地址")
CONTACT = Said("Contact", "联系方式")
ACCREDITATION = Said("Accreditation", "认可")
CUSTOMER = Said("Customer", "委托方")
ITEM = Said("Item", "样品")
DESCRIPTION = Said("Description", "描述")
IDENTIFICATION = Said("Identification", "标识")
CONDITION = Said("Condition on receipt", "接收状态")
RECEIVED = Said("Received", "接收日期")
PHOTOGRAPH = Said("Photograph", "照片")
SAMPLING = Said("Sampling", "抽样")
SAMPLED_BY = {
    "customer": Said("by the customer", "由委托方抽样"),
    "laboratory": Said("by the laboratory", "由实验室抽样"),
}
PLACES = Said("Places of testing", "检测地点")
TESTED = Said("Tested", "检测日期")
UNTIL = Said("{began} to {ended}", "{began} 至 {ended}")
ENVIRONMENT = Said("Environmental conditions", "环境条件")
DEVIATIONS = Said("Additions to, deviations and exclusions from the method", "对方法的增补、偏离或删减")
PROVIDERS = Said("Results from external providers", "外部供应商提供的结果")
NONE = Said("none", "无")
FROM_CUSTOMER = Said(
    "Identity, claims (ICS) and access data (IXIT) of the product are the customer's information. They decide which "
    "requirements apply; the laboratory tested what is claimed, and nothing else.",
    "产品的标识、声明（ICS）和接入数据（IXIT）由委托方提供，并决定哪些要求适用；实验室仅检测所声明的内容。",
)
PRODUCT = Said("Product", "产品")
METHOD = Said("Method", "方法")
METHOD_IS = Said(
    "The product was tested against the requirements of the standards below, as the profile {profile} selects them.",
    "依据行规 {profile} 所选取的下列标准的要求对产品进行检测。",
)
EDITION = Said("Edition", "版本")
ISSUER = Said("Issued by", "发布者")
SOURCE = Said("Text", "文本来源")
DIGEST = Said("Catalogue, SHA-256", "目录 SHA-256")

FINDINGS = Said("Requirements not met", "不符合项")
STEPS_LEFT = Said("{n} steps before these are not shown", "此前 {n} 步未显示")
OCTETS = Said("octets", "字节")
EVIDENCE = Said("Evidence, SHA-256", "证据 SHA-256")
TOLD = Said("Told above.", "见上文。")
TOO_MANY = Said(
    "The exchanges of these {n} cases are not printed. They are in the bundle, and in the report on the screen.",
    "这 {n} 个用例的交互记录未打印，可在测试包和屏幕报告中查看。",
)
ALIKE = Said(
    "{n} more cases of this kind, which differ in their input alone",
    "另有 {n} 个同类用例，仅输入不同",
)
CASES_OF = Said("{n} cases: {counts}", "{n} 个用例：{counts}")
CASE_OF = Said("1 case: {counts}", "1 个用例：{counts}")

VALIDATION = Said("Validation of the test equipment", "检测设备的确认")
VALIDATION_IS = Said(
    "Each suite is tried against a reference product that conforms, where every case has to pass, and against the same "
    "product with one fault at a time, where exactly the requirements that the fault breaks have to fail.",
    "每个测试套件先用符合要求的参考产品验证，其所有用例必须通过；再逐一注入故障，必须且只能使该故障所违反的要求不通过。",
)
PROOF_OF = Said("Proof made on {day} with {harness}.", "验证于 {day} 由 {harness} 完成。")
PROOF_UNDATED = Said("The proof does not say when it was made.", "验证结果未注明日期。")
NO_PROOF = Said(
    "No proof of the suites was given for this report: the validation of the test equipment is not shown.",
    "本报告未附测试套件的验证结果：检测设备的确认情况未予说明。",
)
PARTIAL = Said(
    "The proof was made of some faults or cases only, and says nothing about the others.",
    "该验证只涉及部分故障或用例，不能说明其余部分。",
)
OTHER_OCTETS = Said(
    "The proof is of another version of the suite than the one that ran: {suites}.",
    "所附验证针对的测试套件版本与实际运行的不一致：{suites}。",
)
UNPROVEN = Said("The proof of these suites does not hold: {suites}.", "以下测试套件的验证不成立：{suites}。")
WITHOUT = Said("There is no proof of these suites: {suites}.", "以下测试套件没有验证结果：{suites}。")
SUITE = Said("Suite", "测试套件")
FAULTS = Said("Faults", "故障")
CAUGHT = Said("caught", "检出")
CLEAN = Said("failed on the reference", "在参考产品上失败")
COLLATERAL = Said("red besides", "误报")
WITHOUT_FAULT = Said("cases without a fault", "无故障对应的用例")
HOLDS = Said("proven", "成立")
HOLDS_NOT = Said("not proven", "不成立")
MISSING = Said("missing", "缺失")

CLAIMS = Said("Claims and access data", "声明与接入数据")
RECORDS = Said("Records and digests", "记录与摘要值")
RECORDS_ARE = Said(
    "This report is made from one bundle alone. Whoever has the bundle can make it again, judge the recorded exchanges "
    "again, and check that nothing was changed: iic-conform verify.",
    "本报告仅依据一个测试包生成。持有测试包者可以重新生成报告、根据记录重新判定，并检查其是否被改动："
    "iic-conform verify。",
)
LABORATORY_FILE = Said("Laboratory file (SHA-256)", "实验室文件（SHA-256）")
PROOF_FILE = Said("Proof", "验证结果")
AMENDMENTS = Said("Amendments", "更改记录")
AMENDMENTS_ARE = Said(
    "This report replaces earlier ones. Each stays on file at the laboratory.",
    "本报告替代先前的报告，各版本均由实验室存档。",
)
REPLACED = Said("Replaced report", "被替代的报告")
CHANGED = Said("What was changed", "更改内容")
WHY = Said("Why", "更改原因")
DETAILS = Said("What happened during the run", "运行过程中的事件")
CONTENTS = Said("Contents", "目录")
TRUNCATED = Said("The list ends here; {n} more are in the bundle.", "列表到此为止；其余 {n} 项见测试包。")


def fill(said: Said, **values: object) -> Said:
    """The sentence with its blanks filled; a value that is said in both languages in the right one."""
    en = {name: value.en if isinstance(value, Said) else value for name, value in values.items()}
    zh = {name: value.zh if isinstance(value, Said) else value for name, value in values.items()}
    return Said(_fill(said.en, en), _fill(said.zh, zh))


def _fill(text: str, values: dict[str, object]) -> str:
    """In one pass, so that a value which looks like a blank stays as it is."""
    return re.sub(r"\{(\w+)\}", lambda blank: str(values.get(blank[1], blank[0])), text)
