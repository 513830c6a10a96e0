"""Write everyday.tsv: how common Chinese words are, from the dictionary of `jieba`, as far as it decides on place names.

    python index/data/make_everyday.py

A short name may be cut out of the middle of other words: 更[高要]求, 示[范县], 长治久安. To tell, `index.divisions` weighs
the words around it; loading jieba's whole dictionary for that would take longer than everything else it does. Kept are
common words of up to four characters and, common or not, words that hold a short name inside. A line is a level, the
rounded binary logarithm of the frequency, and all words on that level.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from pathlib import Path

import jieba

HERE = Path(__file__).parent
COMMON = 200  # occurrences in jieba's 60 million words from which a word is kept for its own sake
LONGEST = 5
RARE = {"nr": 50, "ns": 20, "nt": 50}  # the dictionary's persons and places are unreliable unless frequent; others: 3
GLUE = "于和任今全从向元内则即及古名在如子宋对就当或时是曾有此由称等自与至被让说赴跟连道还那都里"
# Words of today's plans and reports that the dictionary, counted on older text, rates as rare or does not have.
PLANS = (
    "医保 低保 社保 参保 定点 县域 市域 全域 镇域 园区 片区 新区 湾区 老区 城区 高新区 示范区 示范县 试验区 产业园 高质量 高水平 高标准 高层次 高品质 新平台 新阶段 新征程 "
    "新业态 新动能 新能源 新农村 新格局 新型 大通道 大平台 大安全 大安保 大格局 大起底 大数据 攻坚 攻坚战 保卫战 帮扶 营商 争创 获评 办好 联动 集聚 集群 产业链 "
    "供应链 创新链 精准 防控 管控 排查 整改 脱贫 返贫 搬迁 易地 安置 移民 宜居 宜业 数字化 智能化 智慧 电商 跨境 民宿 文旅 康养 招商 引资 招引 技改 扩容 提质 增效 提速 "
    "改扩建 二期 三期 投产 投运 盘活 闲置 用地 管网 供水 灌区 水系 河湖 河长 林长 田长 路网 高铁 动车 城际 联运 班列 物流 仓储 储能 光伏 风电 充电桩 加装 电梯 棚改 保税 综保区 自贸 "
    "征迁 征拆 商圈 街区 示范村 党建 共建 共治 共享 信访 维稳 安保 扫黑 普法 消防 应急 减灾 防灾 双创 双减 双碳 双控 亚运 亚残运 二十大 十四五 三区 三线 "
    "中心城区 主城区 老城区 城中村 两不愁 三保障"
).split()
OF_A_PLACE = "人市县区镇站港网报话菜版籍队路"
# Words that begin with the name of a city and are not about it.
OTHERS = (
    "中山装 中山狼 中山陵 中山服 中山先生 中山医院 阿里巴巴 阿里云 阿里山 大理石 大理岩 三明治 四平八稳 黄石公园 北海道 北海公园 大同小异 "
    "日照时间 日照时数 日照率 安康杯 长春花 长春碱 海东青 德州仪器 新乡贤"
).split()


def main() -> None:
    """Read jieba's dictionary and the division table, write the levels beside this file."""
    with (HERE / "divisions.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    shorts = {row["short"] for row in rows}

    large = {row["short"] for row in rows if row["level"] != "county"}

    def holds_name(word: str) -> bool:
        """Whether a short name lies in the word: 提[高要]求; [文成]公主, but not [义乌]人, which speaks of the place."""
        spans = ((start, end) for start in range(len(word) - 1) for end in range(start + 2, len(word) + 1))
        starts = [start for start, end in spans if word[start:end] in shorts]
        return any(start > 0 or word[-1] not in OF_A_PLACE for start in starts)

    levels: dict[int, list[str]] = defaultdict(list)
    with jieba.get_dict_file() as dictionary:
        for line in dictionary:
            word, count, tag = line.decode("utf-8").split()
            frequency = max(int(count), 1000 if word in PLANS else 0)
            if len(word) > LONGEST or any("一" > char or char > "鿿" for char in word):
                continue
            if len(word) == 1:
                keep = frequency >= 16
            elif word in shorts:
                keep = frequency >= 2
            elif word.startswith("中国") or any(word.startswith(name) for name in large):
                # 北京市政府 and 中国台湾 would hide the place in them; sayings do not speak of it: 长治久安
                keep = tag in ("i", "l") and frequency >= 5 and word[-1] not in OF_A_PLACE
            else:
                frequent = len(word) < LONGEST and frequency >= COMMON
                keep = frequent or (frequency >= RARE.get(tag[:2], 3) and word[0] not in GLUE and holds_name(word))
            if keep:
                levels[round(math.log2(frequency))].append(word)
    have = {word for words in levels.values() for word in words}
    levels[6].extend(set(OTHERS) - have)
    levels[10].extend(set(PLANS) - have)
    text = "".join(f"{level}\t{' '.join(sorted(words))}\n" for level, words in sorted(levels.items()))
    (HERE / "everyday.tsv").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
