from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.divisions import Division, Divisions, Mention

ROOT = Path(__file__).resolve().parents[1]
DIVISIONS = Divisions.load()


def names(found: tuple[Mention, ...]) -> list[str]:
    return [m.text for m in found]


def strong(text: str) -> list[str]:
    return [m.text for m in DIVISIONS.find(text) if not m.weak]


def weak(text: str) -> list[str]:
    return [m.text for m in DIVISIONS.find(text) if m.weak]


def only(name: str) -> Division:
    (found,) = DIVISIONS.by_name(name)
    return found


# The table


def test_counts_are_those_of_the_country():
    count = {level: sum(d.level == level for d in DIVISIONS.all) for level in ("province", "city", "county")}
    assert count["province"] == 34
    mainland = [d for d in DIVISIONS.all if d.code[:2] not in ("71", "81", "82")]
    assert sum(d.level == "province" for d in mainland) == 31
    assert sum(d.level == "city" for d in mainland) == 333  # prefecture-level units at the end of 2022
    assert 2830 <= sum(d.level == "county" for d in mainland) <= 2860


def test_codes_are_unique_and_every_parent_exists():
    codes = [d.code for d in DIVISIONS.all]
    assert len(codes) == len(set(codes))
    for d in DIVISIONS.all:
        assert re.fullmatch(r"\d{6}", d.code)
        if d.level == "province":
            assert d.parent == ""
        else:
            above = DIVISIONS.by_code(d.parent)
            assert above is not None
            assert above.level in {"city": ("province",), "county": ("city", "province")}[d.level]
            assert d.code[:2] == above.code[:2]


def test_every_field_is_well_formed():
    for d in DIVISIONS.all:
        assert len(d.short) >= 2, d
        assert d.name.startswith(d.short), d
        assert re.fullmatch("[a-z]+", d.pinyin), d
        assert len(d.abbreviation) <= 1, d
        assert d.english == "" or d.english.lower() != d.pinyin, d
        assert not re.search("市辖区|开发区|管理区|直辖", d.name), d
        assert d.level != "province" or d.abbreviation, d


def test_cities_without_districts_have_nothing_below_them():
    for name in ("中山市", "东莞市", "儋州市", "嘉峪关市"):
        city = only(name)
        assert city.level == "city"
        assert not [d for d in DIVISIONS.all if d.parent == city.code]


@pytest.mark.parametrize(
    ("name", "province"),
    [("济源市", "410000"), ("仙桃市", "420000"), ("神农架林区", "420000"), ("石河子市", "650000"), ("琼海市", "460000")],
)
def test_counties_directly_under_a_province(name: str, province: str):
    county = only(name)
    assert (county.level, county.parent) == ("county", province)
    assert DIVISIONS.city_of(county) is None
    assert DIVISIONS.province_of(county) == DIVISIONS.by_code(province)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("宁波市", "宁波"),
        ("恩施土家族苗族自治州", "恩施"),
        ("西双版纳傣族自治州", "西双版纳"),
        ("内蒙古自治区", "内蒙古"),
        ("新疆维吾尔自治区", "新疆"),
        ("香港特别行政区", "香港"),
        ("锡林郭勒盟", "锡林郭勒"),
        ("大兴安岭地区", "大兴安岭"),
        ("双江拉祜族佤族布朗族傣族自治县", "双江"),
        ("东乡族自治县", "东乡"),
        ("鄂伦春自治旗", "鄂伦春"),
        ("克孜勒苏柯尔克孜自治州", "克孜勒苏"),
        ("管城回族区", "管城"),
        ("六枝特区", "六枝"),
        ("神农架林区", "神农架"),
        ("万柏林区", "万柏林"),
        ("浦东新区", "浦东"),
        ("沛县", "沛县"),
        ("芒市", "芒市"),
        ("科尔沁左翼中旗", "科尔沁左翼中旗"),
        ("井陉矿区", "井陉矿区"),
    ],
)
def test_short_names(name: str, short: str):
    assert only(name).short == short


@pytest.mark.parametrize(
    "pair",
    (
        "重庆市:chongqing 厦门市:xiamen 六安市:luan 亳州市:bozhou 台州市:taizhou 丽水市:lishui 蚌埠市:bengbu 乐昌市:lechang "
        "长治市:changzhi 长沙市:changsha 成都市:chengdu 长子县:zhangzi 漯河市:luohe 泌阳县:biyang 单县:shanxian 莘县:shenxian "
        "蔚县:yuxian 乐清市:yueqing 涡阳县:guoyang 铅山县:yanshan 尉犁县:yuli 洪洞县:hongtong 大埔县:dabu 番禺区:panyu "
        "东莞市:dongguan 珲春市:hunchun 都匀市:duyun 荥阳市:xingyang 荥经县:yingjing 什邡市:shifang 吴堡县:wubu 闵行区:minhang "
        "吕梁市:lvliang 西安市:xian 陕西省:shaanxi 山西省:shanxi 儋州市:danzhou 邯郸市:handan 泸州市:luzhou"
    ).split(),
)
def test_pinyin(pair: str):
    name, pinyin = pair.split(":")
    assert pinyin in {d.pinyin for d in DIVISIONS.by_name(name)}


# By name


@pytest.mark.parametrize(
    "row",
    (
        "彬州:咸阳:陕西 高安:宜春:江西 邯郸:邯郸:河北 河源:河源:广东 金华:金华:浙江 乐昌:韶关:广东 临沧:临沧:云南 龙南:赣州:江西 "
        "泸州:泸州:四川 茂名:茂名:广东 梅州:梅州:广东 南宁:南宁:广西 宁波:宁波:浙江 沁阳:焦作:河南 泉州:泉州:福建 汕尾:汕尾:广东 "
        "商洛:商洛:陕西 铜川:铜川:陕西 渭南:渭南:陕西 温州:温州:浙江 咸阳:咸阳:陕西 忻州:忻州:山西 珠海:珠海:广东 资兴:郴州:湖南 "
        "鹤山:江门:广东 中山:中山:广东"
    ).split(),
)
def test_the_cities_of_the_collection_resolve_to_one(row: str):
    short, city, province = row.split(":")
    found = only(short + "市")
    above, top = DIVISIONS.city_of(found), DIVISIONS.province_of(found)
    assert above is not None
    assert top is not None
    assert (found.short, above.short, top.short) == (short, city, province)
    assert strong(f"{short}去年修了多少公路") == [short]


def test_by_name_gives_all_that_bear_it_larger_ones_first():
    assert [(d.name, d.level) for d in DIVISIONS.by_name("吉林")] == [("吉林省", "province"), ("吉林市", "city")]
    bearers = DIVISIONS.by_name("朝阳")
    assert bearers[0].name == "朝阳市"
    assert {"210000", "110000"} <= {top.code for d in bearers if (top := DIVISIONS.province_of(d))}
    assert [d.name for d in DIVISIONS.by_name("海南")] == ["海南省", "海南藏族自治州", "海南区"]
    assert DIVISIONS.by_name("查无此地") == ()
    assert DIVISIONS.by_name("") == ()


def test_customary_names():
    for customary, name in {
        "恩施州": "恩施土家族苗族自治州",
        "双江县": "双江拉祜族佤族布朗族傣族自治县",
        "广西自治区": "广西壮族自治区",
        "香港特区": "香港特别行政区",
        "莫力达瓦旗": "莫力达瓦达斡尔族自治旗",
        "龙南县": "龙南市",
        "内蒙": "内蒙古自治区",
    }.items():
        assert [d.name for d in DIVISIONS.by_name(customary)] == [name]


def test_city_of_and_province_of():
    beijing = only("北京市")
    chaoyang = next(d for d in DIVISIONS.by_name("朝阳区") if d.parent == beijing.code)
    assert DIVISIONS.city_of(chaoyang) == beijing == DIVISIONS.city_of(beijing) == DIVISIONS.province_of(chaoyang)
    assert DIVISIONS.city_of(only("湾仔区")) == only("香港")
    assert DIVISIONS.city_of(only("浙江省")) is None
    assert DIVISIONS.city_of(only("乐昌市")) == only("韶关市")
    assert DIVISIONS.province_of(only("浙江省")) == only("浙江省")


@pytest.mark.parametrize(
    ("char", "shorts"),
    [
        ("甬", ["宁波"]),
        ("穗", ["广州"]),
        ("渝", ["重庆"]),
        ("沪", ["上海"]),
        ("宁", ["宁夏", "南京"]),
        ("蜀", ["四川"]),
        ("的", []),
        ("", []),
    ],
)
def test_abbreviations(char: str, shorts: list[str]):
    assert [d.short for d in DIVISIONS.by_abbreviation(char)] == shorts


def test_the_abbreviation_in_a_row_is_the_one_on_number_plates():
    assert {d.short: d.abbreviation for d in DIVISIONS.all if d.short in ("四川", "上海", "云南")} == {
        "四川": "川",
        "上海": "沪",
        "云南": "云",
    }


# In Chinese text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("南京和北京不是一座城", ["南京", "北京"]),
        ("宁波在浙江，宁夏在西北", ["宁波", "浙江", "宁夏"]),
        ("青岛属于山东，不属于青海", ["青岛", "山东", "青海"]),
        ("贵港不在贵州", ["贵港", "贵州"]),
        ("银川不在四川", ["银川", "四川"]),
        ("新余不在新疆", ["新余", "新疆"]),
        ("海南州不是海南省", ["海南州", "海南省"]),
        ("吉林省吉林市", ["吉林省", "吉林市"]),
        ("吉林市委的部署", ["吉林市"]),
        ("恩施土家族苗族自治州和恩施市", ["恩施土家族苗族自治州", "恩施市"]),
        ("张家界、张家口、张家港", ["张家界", "张家口", "张家港"]),
        ("长沙县比长沙小", ["长沙县", "长沙"]),
        ("内蒙古自治区乌兰察布市", ["内蒙古自治区", "乌兰察布市"]),
        ("内蒙古的草原", ["内蒙古"]),
        ("中国香港与澳门特别行政区", ["香港", "澳门特别行政区"]),
        ("支持沛县建厂", ["沛县"]),
        ("东方市的芒果", ["东方市"]),
        ("和平县种油茶", ["和平县"]),
        ("朝阳区的公园", ["朝阳区"]),
        ("提高高安市的产量", ["高安市"]),
        ("发展和平阳县的工业", ["平阳县"]),
        ("台州路桥区的市场", ["台州", "路桥区"]),
        ("在海南部署三项工程", ["海南"]),
        ("上海外贸增长", ["上海"]),
        ("宁波路网更密", ["宁波"]),
        ("龙南乡村更美", ["龙南"]),
        ("为珠海小学生体检", ["珠海"]),
        ("由于都市圈在扩大", []),
        ("责任城市", []),
    ],
)
def test_find_takes_the_longest_name_from_the_left(text: str, expected: list[str]):
    assert strong(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "提出更高要求",
        "建成示范县三个",
        "各市和县域都要落实",
        "确保长治久安",
        "强化安全生产",
        "扩大新兴产业规模，做好重大新项目",
        "孙中山故居",
        "买一套中山装",
        "阿里巴巴在这里设点",
        "沿海城市的码头",
        "科技创新平台",
        "鼓励回乡投资兴业",
        "粤浙两地，甬穗之间，京津冀协同",
        "城区、矿区和郊区",
        "东区西区南区北区",
        "全市中小学",
        "",
        "市",
        "宁",
    ],
)
def test_names_inside_or_across_other_words_are_not_mentions(text: str):
    assert strong(text) == []
    assert not {"高要", "范县", "和县", "长治", "大新", "中山", "阿里", "新平", "城区", "东区"} & set(names(DIVISIONS.find(text)))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("改造中山路", "中山"),
        ("北京路步行街", "北京"),
        ("南京东路的商铺", "南京"),
        ("上海路开通", "上海"),
        ("宁波银行的贷款", "宁波"),
        ("温州大学招生", "温州"),
        ("金华大厦", "金华"),
        ("茂名大道北段", "茂名"),
        ("中山街的老房子", "中山"),
        ("东方", "东方"),
        ("和平的环境", "和平"),
        ("朝阳产业", "朝阳"),
        ("长安的月亮", "长安"),
        ("新华的记者", "新华"),
        ("解放双手", "解放"),
        ("新建学校", "新建"),
        ("加强合作", "合作"),
        ("资源很少", "资源"),
        ("平安的一年", "平安"),
        ("推进老城区改造", "老城区"),
        ("翻修浮山岭的步道", "浮山"),
        ("龙口镇的集市", "龙口"),
    ],
)
def test_roads_words_and_landmarks_are_weak(text: str, name: str):
    assert (strong(text), weak(text)) == ([], [name])


def test_a_name_after_that_of_its_city_is_narrowed():
    beijing, changchun = (m for m in DIVISIONS.find("北京市朝阳区，长春朝阳区") if m.text == "朝阳区")
    assert [d.parent for d in beijing.candidates] == ["110000"]
    assert [d.parent for d in changchun.candidates] == ["220100"]
    assert len(DIVISIONS.find("朝阳区")[0].candidates) == 2
    assert [d.name for d in DIVISIONS.find("广东鹤山")[1].candidates] == ["鹤山市"]


def test_a_district_named_like_a_common_noun_is_itself_after_its_city():
    assert strong("济南市市中区") == ["济南市", "市中区"]
    assert strong("全省各地市中区") == []


def test_offsets_point_into_the_text():
    text = "今年，宁波市与温州共建；Zhuhai too。"
    for m in (*DIVISIONS.find(text), *DIVISIONS.find_latin(text)):
        assert text[m.start : m.end] == m.text


@given(st.text(alphabet="南北京宁波夏海省市州区县中山东路吉林朝阳和平新建更高要求示范 ，a1", max_size=60))
def test_mentions_are_ordered_disjoint_and_real(text: str):
    last = 0
    for m in DIVISIONS.find(text):
        assert last <= m.start < m.end <= len(text)
        assert text[m.start : m.end] == m.text
        assert m.candidates
        assert set(m.candidates) <= set(DIVISIONS.by_name(m.text))
        last = m.end


@pytest.mark.parametrize("frame", ["支持{}建设", "{}今年新增就业多少", "在{}举办", "{}、宁波谁高", "为什么{}缺水"])
def test_nearly_every_unit_is_found_by_its_full_name_in_any_frame(frame: str):
    start = frame.index("{")
    units = [d for d in DIVISIONS.all if len(d.name) > 2]
    lost = [d.name for d in units if not any(m.start == start and d in m.candidates for m in DIVISIONS.find(frame.format(d.name)))]
    assert lost == []


# In Latin text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What did Ningbo build?", ["宁波市"]),
        ("NINGBO gdp", ["宁波市"]),
        ("ningbo", ["宁波市"]),
        ("Zhuhai's port", ["珠海市"]),
        ("在Wenzhou的项目", ["温州市"]),
        ("Xi'an", ["西安市"]),
        ("Xi’an", ["西安市"]),
        ("Xian", ["西安市"]),
        ("Tai'an's hills", ["泰安市"]),
        ("Ningbo-Zhoushan", ["宁波市", "舟山市"]),
        ("INNER MONGOLIA", ["内蒙古自治区"]),
        ("Hong Kong and Macau", ["香港特别行政区", "澳门特别行政区"]),
        ("Shaanxi, not Shanxi", ["陕西省", "山西省"]),
        ("Harbin Hohhot Urumqi Lhasa", ["哈尔滨市", "呼和浩特市", "乌鲁木齐市", "拉萨市"]),
        ("Lüliang, Lvliang", ["吕梁市", "吕梁市"]),
        ("Jilin City, Jilin Province", ["吉林市", "吉林省"]),
        ("Lechang and Binzhou", ["乐昌市", "滨州市"]),
        ("Ningbonese", []),
        ("preNingbo Ningbo2", []),
        ("a plain English question", []),
        ("", []),
    ],
)
def test_find_latin(text: str, expected: list[str]):
    assert [m.candidates[0].name for m in DIVISIONS.find_latin(text)] == expected


def test_latin_homophones_are_all_candidates():
    (mention,) = DIVISIONS.find_latin("Suzhou")
    assert {d.name for d in mention.candidates} >= {"苏州市", "宿州市"}
    (mention,) = DIVISIONS.find_latin("Longnan")
    assert {d.name for d in mention.candidates} == {"陇南市", "龙南市"}


def test_english_words_are_weak():
    assert [m.weak for m in DIVISIONS.find_latin("a guide to 30 million yuan")] == [True, True]
    assert [m.weak for m in DIVISIONS.find_latin("Le'an")] == [False]


# Cost


def test_importing_reads_nothing_and_loading_is_quick():
    code = (
        "import gc, time; from index import divisions as d; assert not any(isinstance(o, d.Divisions) for o in gc.get_objects())\n"
        "t = time.perf_counter(); d.Divisions.load(); print(time.perf_counter() - t)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 1.0  # 0.04 s on two idle cores
    assert Divisions.load() is DIVISIONS


def test_finding_is_linear_and_quick():
    text = "全市新建公路三百公里，宁波、温州和朝阳区都有示范县。提出更高要求，支持龙南市与中山路建设。" * 2500
    start = time.perf_counter()
    found = DIVISIONS.find(text)
    assert time.perf_counter() - start < 5.0  # 0.5 s where one character in five begins a name; reports take 0.07 s per 100,000
    assert sum(m.text == "宁波" for m in found) == 2500
