"""Units of Chinese reports: which words are units, the base unit of each quantity, and how to convert to it.

Quantities that a reader would not add up stay apart (平方公里 | 亩 | 平方米, 公里 | 米, 亿元 | 亿美元, % | 百分点).
Money written in 万 or more becomes 亿; money written in plain 元, or per head, stays 元.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

# word: (base unit, factor)
MEASURES = {
    "%": ("%", "1"), "成": ("%", "10"), "‰": ("‰", "1"),
    "个百分点": ("百分点", "1"), "百分点": ("百分点", "1"), "个百分比": ("百分点", "1"),
    "个千分点": ("千分点", "1"), "千分点": ("千分点", "1"), "个基点": ("基点", "1"), "基点": ("基点", "1"),
    "倍": ("倍", "1"), "倍多": ("倍", "1"), "个多百分点": ("百分点", "1"),
    "公里": ("公里", "1"), "千米": ("公里", "1"), "km": ("公里", "1"), "华里": ("公里", "0.5"), "海里": ("海里", "1"),
    "米": ("米", "1"), "延米": ("米", "1"), "厘米": ("米", "0.01"), "毫米": ("米", "0.001"),
    "平方公里": ("平方公里", "1"), "平方千米": ("平方公里", "1"), "km²": ("平方公里", "1"),
    "亩": ("亩", "1"), "公顷": ("亩", "15"),
    "平方米": ("平方米", "1"), "平米": ("平方米", "1"), "平方": ("平方米", "1"), "㎡": ("平方米", "1"),
    "m²": ("平方米", "1"),
    "立方米": ("立方米", "1"), "立方": ("立方米", "1"),
    "标方": ("标方", "1"), "方": ("立方米", "1"), "m³": ("立方米", "1"),
    "升": ("升", "1"), "毫升": ("升", "0.001"),
    "吨": ("吨", "1"), "公斤": ("吨", "0.001"), "千克": ("吨", "0.001"), "kg": ("吨", "0.001"), "斤": ("吨", "0.0005"),
    "克": ("克", "1"), "毫克": ("毫克", "1"), "微克": ("微克", "1"),
    "吨标准煤": ("吨标准煤", "1"), "吨标煤": ("吨标准煤", "1"), "吨级": ("吨级", "1"),
    "标箱": ("标箱", "1"), "标准箱": ("标箱", "1"), "个标箱": ("标箱", "1"), "个标准箱": ("标箱", "1"),
    "TEU": ("标箱", "1"),
    "瓦": ("千瓦", "0.001"), "千瓦": ("千瓦", "1"), "kW": ("千瓦", "1"), "KW": ("千瓦", "1"), "兆瓦": ("千瓦", "1000"),
    "MW": ("千瓦", "1000"), "吉瓦": ("千瓦", "1000000"), "GW": ("千瓦", "1000000"),
    "千瓦时": ("千瓦时", "1"), "千瓦小时": ("千瓦时", "1"), "kWh": ("千瓦时", "1"), "度电": ("千瓦时", "1"), "万度": ("千瓦时", "10000"), "亿度": ("千瓦时", "100000000"),
    "兆瓦时": ("千瓦时", "1000"), "MWh": ("千瓦时", "1000"), "吉瓦时": ("千瓦时", "1000000"),
    "GWh": ("千瓦时", "1000000"),
    "千伏": ("千伏", "1"), "kV": ("千伏", "1"), "KV": ("千伏", "1"),
    "千伏安": ("千伏安", "1"), "kVA": ("千伏安", "1"), "兆伏安": ("千伏安", "1000"), "MVA": ("千伏安", "1000"),
    "摄氏度": ("℃", "1"), "℃": ("℃", "1"), "分贝": ("分贝", "1"),
    "天": ("天", "1"), "工作日": ("工作日", "1"), "个工作日": ("工作日", "1"),
    "小时": ("小时", "1"), "个小时": ("小时", "1"), "分钟": ("分钟", "1"), "秒": ("秒", "1"), "秒钟": ("秒", "1"),
    "个月": ("个月", "1"), "个多月": ("个月", "1"), "个多小时": ("小时", "1"), "学时": ("学时", "1"), "课时": ("课时", "1"), "岁": ("岁", "1"), "周岁": ("岁", "1"),
}  # fmt: skip
CURRENCIES = {
    "元": "元", "元人民币": "元", "美元": "美元", "港元": "港元", "港币": "港元", "欧元": "欧元", "日元": "日元",
    "英镑": "英镑", "卢布": "卢布", "澳门元": "澳门元", "澳元": "澳元", "新元": "新元", "韩元": "韩元",
}  # fmt: skip
PEOPLE = {"人": "人", "名": "人", "位": "位"}
COUNTERS = (
    "个 家 户 套 所 座 条 项 件 场 张 处 次 辆 台 栋 批 支 只 头 株 间 门 宗 起 例 种 艘 架 列 班 趟 枚 盏 根 棵 羽 尾 "
    "幢 孔 眼 口 块 片 部 款 篇 本 册 卷 份 笔 单 字 轮 层 段 组 队 类 道 剂 管 桶 袋 箱 瓶 盒 杆 匹 幅 副 对 "
    "人次 户次 家次 件次 场次 批次 剂次 台次 间次 车次 辆次 架次 艘次 班次 航次 列次 课次 例次 单次 网格 个网格"
).split()
# Words that a Chinese numeral may count. After the others it is mostly a name (四方, 二类, 三道, 五棵树).
SPOKEN = frozenset(
    "个 家 户 人 名 位 所 座 条 项 件 场 张 处 次 辆 栋 批 只 株 间 部 宗 起 例 种 艘 架 套 份 篇 人次 场次 批次 "
    "剂次 % 成 倍 公里 千米 海里 米 平方公里 平方千米 平方米 立方米 亩 公顷 吨 公斤 斤 千瓦 兆瓦 千瓦时 千伏 天 工作日 "
    "个工作日 小时 个小时 分钟 个月 岁 周岁 百分点 个百分点 美元 港元 欧元".split()
)
# What may not follow: the character belongs to another word then (3项|目, 5家|庭, 2万户|籍).
BARRED = {
    "个": "体工 体户 体经 体商 税 性化 股 半 多月", "家": "庭", "户": "籍 外 口 型", "所": "有 属 得 以 需 谓", "座": "谈 位 席",
    "条": "件 例 款 约 理 码", "项": "目", "场": "所 地 馆 景 站 镇 内 外 均 域", "张": "家口 家界 家港 力 贴 掖 江 榜", "处": "理 置 于 级 罚 室",
    "次": "元 级 生 年 日", "台": "账 阶 湾 州 商 胞 词", "批": "准 复 发 示", "支": "持 付 出 撑 行 线 柱 部",
    "门": "类 店 户 诊 槛 前 市 票 窗 头 球", "起": "步 来 草 到 点 航 源 飞 底 降 诉 始 实 施 至 全 执", "例": "如 外 会 证",
    "种": "植业 植面 植户 植基 子 质 养 苗 源 草", "列": "入 为 车 第 支 席 全 举 出 前 居 装 在", "班": "子 级 组 主 车 列",
    "口": "岸 径 碑 号 述 腔 头 粮", "块": "状", "片": "区 状", "部": "门 分 署 委 长 落 位 件 曲 级", "款": "项 式 待",
    "本": "地 市 科 级 届 次 年 月 土 省 区 县 质 报 着 金 职 领 行", "册": "子", "份": "额", "单": "位 元 体 独 边 日 一 产 家 列",
    "字": "号 段 节 幕", "组": "织 建 成 团 合 长 级 件 装 委", "队": "伍 员 列", "类": "似 型 别", "轮": "流 换 训",
    "对": "接 口 外 标 于 全 照 应 比 策 手 话 象 党 方 各 企 重 我 此 每 内 在 新 市 项 民 已 所 符 违",
    "道": "路 德 理 交 教 闸 县", "幅": "度 员", "头": "部 雁 条", "只": "有 要 能 是 进", "段": "落", "孔": "子 雀",
    "层": "级 次 面", "眼": "科 镜 前", "箱": "变 体", "套": "班 路", "根": "据 本 治", "枚": "举", "株": "洲", "尾": "矿 款 水 号",
    "人": "民 大 才 均 工智 工湖 工林 社局 社部 事", "名": "录 牌 称 义 胜 誉", "位": "于 列 居 一体 数 次 置 移",
    "元": "旦 素 宵 件 器 首 朝 月 宇宙 化 氏", "天": "然 气 河 津 山 府 桥 空 际 数", "亩": "均", "米": "粉 面 业 线 酒 饭 粮",
    "倍": "增 数 差 加 感 受", "克": "服 难 强 拉", "升": "级 学 至 到 入 为 格 旗 规 温 值 高 降 华", "瓦": "斯 特 房",
    "成": "立 功 员 为 果 效 本 长 熟 交 套 品 都 型 分 绩 就 片 群 行 风 不变 灾 团 链 网",
    "方": "面 案 式 便 向 针 可 能 位 法 阵 言 略 队 块", "平方": "公 千", "立方": "体", "秒": "杀", "吨": "位", "小时": "工",
    "岁": "月", "分钟": "级", "公里": "数",
}  # fmt: skip
PER = frozenset(
    "人 月 年 日 天 吨 平方米 立方米 ㎡ m³ 户 亩 公斤 千克 斤 升 小时 次 个 套 万元 万人 千人 公里 平方公里 头 车 件 "
    "千瓦时 度 秒 分钟 学期 学年 村 家 张 床 生 班 台 辆 标箱 度电".split()
)
SAME_PER = {"天": "日", "㎡": "平方米", "m³": "立方米", "千克": "公斤", "度": "千瓦时", "度电": "千瓦时"}


@dataclass(frozen=True)
class Unit:
    """One unit word.

    Attributes:
        word: As it may be written.
        base: Base unit that values are converted to.
        factor: Value of one `word` in base units.
        kind: "money", "measure" or "counter" (a classifier or people, also common in names and slogans).
        spoken: Whether a Chinese numeral before it makes a figure.
        barred: Text that may not follow.
    """

    word: str
    base: str
    factor: Decimal
    kind: str
    spoken: bool
    barred: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """A unit found in a text: text[start:end], brackets and "/日" included; `per` is the normalised "/日" or ""."""

    unit: Unit
    start: int
    end: int
    per: str

    def convert(self, amount: Decimal, scale: Decimal, *, each: bool = False) -> tuple[Decimal, str]:
        """Convert an amount to the base unit.

        Args:
            amount: The number as written, without its magnitude.
            scale: The magnitude written between number and unit (10**4 for 万).
            each: Whether money is meant per head, per household or as a price, and so stays in plain 元.

        Returns:
            Value and base unit.
        """
        unit = self.unit
        if unit.kind == "money" and scale >= 10**4 and not self.per and not (each and scale < 10**8):
            return amount * scale / 10**8, "亿" + unit.base
        if self.per and unit.base == "吨" and unit.word != "吨":
            # Yields and concentrations keep their scale: 公斤/亩 is not read as 吨/亩.
            return amount * scale * unit.factor * 1000, "公斤" + self.per
        return amount * scale * unit.factor, unit.base + self.per


@cache
def _units() -> dict[str, Unit]:
    bases = {word: (base, Decimal(factor), "measure") for word, (base, factor) in MEASURES.items()}
    bases |= {word: (base, Decimal(1), "money") for word, base in CURRENCIES.items()}
    bases |= {word: (base, Decimal(1), "counter") for word, base in PEOPLE.items()}
    bases |= {word: (word.removeprefix("个") or word, Decimal(1), "counter") for word in COUNTERS}
    return {
        word: Unit(word, base, factor, kind, word in SPOKEN, tuple(BARRED.get(word, "").split()))
        for word, (base, factor, kind) in bases.items()
    }


def _per(text: str, at: int) -> tuple[str, int]:
    per = ""
    if each_volume := next((word for word in ("立方米", "升") if text.startswith("每" + word, at)), ""):
        return "/" + each_volume, at + 1 + len(each_volume)
    while text.startswith("/", at) or (per and text.startswith("·", at)):
        for size in range(4, 0, -1):
            word = text[at + 1 : at + 1 + size]
            if len(word) == size and word in PER:
                per, at = f"{per}/{SAME_PER.get(word, word)}", at + 1 + size
                break
        else:
            break
    return per, at


def _bracket(text: str, at: int) -> tuple[bool, int]:
    """A second classifier in brackets, 套(间), 人(次): whether it says 次, and where it ends."""
    close = text.find(")", at, at + 5) if text.startswith("(", at) else -1
    if close < 0 or text[at + 1 : close] not in _units():
        return False, at
    return text[at + 1 : close] == "次", close + 1


def find_unit(text: str, at: int) -> Written | None:
    """The longest unit that begins at an offset (spaces before it allowed), or None.

    Args:
        text: Text in half-width form.
        at: Offset right after the number or its magnitude.
    """
    start = at
    while start < at + 2 and text.startswith(" ", start):
        start += 1
    units = _units()
    for size in range(5, 0, -1):
        unit = units.get(text[start : start + size])
        end = start + size
        if unit is None or end > len(text):
            continue
        if text.startswith(unit.barred, end) and not text.startswith("目标", end):
            continue
        if unit.word[-1].isascii() and unit.word[-1].isalpha() and text[end : end + 1].isascii() and text[end : end + 1].isalnum():
            continue
        times, end = _bracket(text, end)
        if times and unit.word + "次" in units:
            unit = units[unit.word + "次"]
        per, end = _per(text, end)
        return Written(unit, start, end, per)
    return None
