"""Files of every format, made from one report of our own: what the readers are tested with."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

REPORT = """2024年青岛市政府工作报告
——2024年1月9日在青岛市第十七届人民代表大会第三次会议上
各位代表：
下面，由我向各位报告全市一年来的工作，请大家审议，也请列席的政协委员和其他同志多提意见。
一、2023年工作回顾
过去的一年，是很不平凡的一年。全市生产总值达到15760.34亿元，增长5.9%；一般公共预算收入1337.8亿元，增长5.1%。居民人均可支配收入增长5.6%，城镇新增就业37.2万人，主要指标好于预期。
（一）产业结构继续变好。我们坚持把制造业放在第一位，规模以上工业增加值增长6.7%。新开工重点项目412个，完成投资2380亿元。海洋装备、轨道交通、智能家电三条产业链产值都超过千亿元，“小巨人”企业新增38家。
（二）城市面貌一天天好起来。地铁6号线一期开通，运营里程达到326公里。改造老旧小区492个，惠及居民14.8万户；新建口袋公园82处，打通断头路31条。空气优良天数比例达到86.8%，近岸海域水质优良面积比例99.1%。
（三）民生实事件件落地。
1.教育扩容提质。新建、改扩建学校和幼儿园65所，新增学位5.4万个。
2.医疗更加便利。三甲医院增加到26家，家庭医生签约服务覆盖重点人群92%以上。
3.养老服务更近。建成镇街综合养老服务中心139处，每千名老人拥有床位37张。
二、2024年重点工作
今年经济社会发展的主要预期目标是：城镇新增就业35万人以上，粮食总产量稳定在300万吨以上，规模以上工业增加值增长7%左右，居民收入增长与经济增长同步，生产总值增长5.5%左右。
（一）全力稳住工业。推动AI大模型、5G专网进工厂，建成DeepBlue海洋数据平台，新增智能工厂40家；工业技改投资增长10%，培育专精特新企业300家。
（二）加快建设交通。开工建设胶东机场二期，推进地铁2号线西延段、8号线南段施工，年内新增里程40公里。
（三）办好民生实事。新建学校52所；完成农村改厕1.2万户；发放消费券2亿元；新增公共停车泊位1.5万个。
各位代表！蓝图已经绘就，奋斗正当其时。让我们更加紧密地团结起来，为建设现代化海洋城市而努力奋斗！""".split("\n")

_SIMPLE = "岛会现议务员级进区业产总值亿长标绩变坚规过链际头开运营达惠户断气优场东实书让强动体带农类为园机车经济关来还办单双难权转设计语请课护报质创条员处质师环轨达龄镇预复应个岁万与厂发专线两众龙点训师养医疗馆绘团结紧节铁绕筑题财贸顾儿称户数据层创击兴献战们内协厕号图备奋学审届张当扩拥旧时电盖积稳签粮约继续综胶蓝装见费资项"
_TRADITIONAL = "島會現議務員級進區業產總值億長標績變堅規過鏈際頭開運營達惠戶斷氣優場東實書讓強動體帶農類為園機車經濟關來還辦單雙難權轉設計語請課護報質創條員處質師環軌達齡鎮預復應個歲萬與廠發專線兩眾龍點訓師養醫療館繪團結緊節鐵繞築題財貿顧兒稱戶數據層創擊興獻戰們內協廁號圖備奮學審屆張當擴擁舊時電蓋積穩簽糧約繼續綜膠藍裝見費資項"
TRADITIONAL = [line.translate(str.maketrans(_SIMPLE, _TRADITIONAL)) for line in REPORT]

TABLE = [
    ["指标", "单位", "2023年", "增长"],
    ["生产总值", "亿元", "15760.34", "5.9%"],
    ["固定资产投资", "亿元", "4312.5", "5.0%"],
]
TABLE_LINES = ["指标：生产总值；单位：亿元；2023年：15760.34；增长：5.9%", "指标：固定资产投资；单位：亿元；2023年：4312.5；增长：5.0%"]

MENU = "".join(f"<li><a href='/{i}'>{word}</a></li>" for i, word in enumerate("首页 政务公开 政策文件 互动交流 办事服务 新闻中心".split()))
SIDE = "".join(
    f"<li><a href='#'>{day}日市政府召开第{day}次常务会议研究重点任务</a><span>2024-01-{day:02d}</span></li>" for day in range(1, 25)
)
FOOT = "<p>主办单位：某某市人民政府办公室　网站标识码：0000000000</p><p>版权所有 某ICP备00000000号</p>"
LABELS = "<div>发布日期：2024-01-20　来源：市政府办公室　字号：[<a href='#'>大</a> 中 小]　<a href='#'>打印</a></div>"


def text(lines: Sequence[str] = REPORT) -> str:
    return "\n".join(lines)


def html_table(rows: Sequence[Sequence[str]] = TABLE, tag: str = "td") -> str:
    cells = ("".join(f"<{tag if i == 0 else 'td'}>{cell}</{tag if i == 0 else 'td'}>" for cell in row) for i, row in enumerate(rows))
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def page(body: str, charset: str = "utf-8", title: str = REPORT[0]) -> str:
    """A web page around a body, with a script and a style that must not be read."""
    head = f"<meta charset='{charset}'><title>{title and title + '_青岛政务网'}</title><script>var a = '脚本里的文字。';</script><style>p {{ color: red }}</style>"
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


def pages(lines: Sequence[str] = REPORT) -> dict[str, str]:
    """The report as pages of many makes: name -> html."""
    menu, side, foot = f"<div class='nav'><ul>{MENU}</ul></div>", f"<div class='side'><h3>最新动态</h3><ul>{SIDE}</ul></div>", FOOT
    title, rest = lines[0], lines[1:]
    paragraphs = "".join(f"<p>　　{line}</p>" for line in rest)
    share = "<div class='share'>分享到：<a href='#'>微信</a></div><div>上一篇：<a href='#'>关于印发实施意见的通知</a></div>"
    crumb = "<div class='crumb'>当前位置：<a href='#'>首页</a> &gt; <a href='#'>政务公开</a></div>"
    h = "".join(f"<h2>{line}</h2>" if line[1] == "、" else f"<p>{line}</p>" for line in rest)
    return {
        "paragraphs": page(f"{menu}{crumb}<div class='main'>{side}<h1>{title}</h1>{LABELS}<div id='zoom'>{paragraphs}</div>{share}</div>{foot}"),
        "one_cell": page(
            f"<table><tr><td>{menu}</td></tr></table><table><tr><td>{side}</td><td><b>{title}</b><br><br>"
            + "<br>\n<br>\n".join(f"&nbsp;&nbsp;&nbsp;&nbsp;{line}" for line in rest)
            + f"</td></tr></table><table><tr><td>{foot}</td></tr></table>"
        ),
        "breaks": page(f"{menu}<div><div>{title}</div>{LABELS}<div>" + "<br/>".join(f"　　{x}" for x in rest) + f"</div></div>{share}{side}{foot}"),
        "divs": page(f"{menu}<div><div>{title}</div>{LABELS}" + "".join(f"<div><span>　　{x}</span></div>" for x in rest) + f"</div>{share}{foot}"),
        "article": page(f"<header>{menu}</header><main><article><h1>{title}</h1>{h}</article></main><aside>{side}</aside><footer>{foot}</footer>"),
        "word": page(
            f"{menu}<div class=WordSection1>"
            + "".join(f"<p class=MsoNormal><span lang=EN-US>&nbsp;</span><span>{x[:7]}\n</span>\n<span>{x[7:]}<o:p></o:p></span></p>" for x in lines)
            + f"</div>{foot}"
        ),
        "form": page(
            f"<form id='aspnetForm'><div id='top'>{menu}</div><h2 class='neiright_Title'>{title}</h2><p class='lyBox'><span>2024-01-20</span>"
            f"<span>来源：市政府</span></p><span id='detailContent'><ucapcontent>{paragraphs}</ucapcontent></span></form>"
            f"<div style='display: none'><h2>您可能对以下文章感兴趣</h2></div>{foot}"
        ),
        "sections": page(menu + f"<h1>{title}</h1>" + "".join(f"<div class='sec'><div><p>{x}</p></div></div>" for x in rest) + foot),
        "bare": "\n<br>".join(lines),
        "pre": page(f"{menu}<pre>{text(lines)}</pre>{foot}"),
        "list": page(f"{menu}<div><h1>{title}</h1>" + "".join(f"<p>{x}</p>" for x in rest[:7]) + "<ul>" + "".join(f"<li><span>{x}</span></li>" for x in rest[7:]) + f"</ul></div>{side}{foot}"),
    }  # fmt: skip


def mhtml(markup: str, charset: str = "utf-8") -> bytes:
    """A page as a browser saves it in one file: quoted-printable html and a picture."""
    from email.mime.image import MIMEImage
    from email.mime.multipart import MIMEMultipart
    from email.mime.nonmultipart import MIMENonMultipart

    message = MIMEMultipart("related", type="text/html")
    part = MIMENonMultipart("text", "html", charset=charset)
    part.set_payload(markup, charset)
    message.attach(part)
    message.attach(MIMEImage(b"\x89PNG\r\n", "png"))
    return message.as_bytes()


def docx(lines: Sequence[str] = REPORT, table: Sequence[Sequence[str]] = ()) -> bytes:
    """A Word document; numbered headings in heading styles, the rest as text."""
    document = new_docx()
    for i, line in enumerate(lines):
        style = "Title" if i == 0 else "Heading 1" if line[1] == "、" else "Heading 2" if line[0] == "（" and len(line) < 20 else None
        document.add_paragraph(line, style)
    if table:
        add_table(document, table)
    return saved(document)


def new_docx() -> Any:
    import docx as package

    return package.Document()


def add_table(document: Any, rows: Sequence[Sequence[str]]) -> Any:
    table = document.add_table(len(rows), len(rows[0]))
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            table.cell(i, j).text = cell
    return table


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pdf(
    lines: Sequence[str] = REPORT,
    columns: int = 1,
    head: str = "青岛市政府工作报告",
    password: str | None = None,
    owner_only: bool = False,
    scans: Iterable[int] = (),
    size: int = 14,
) -> bytes:
    """A pdf with a running head and page numbers; `scans` are pages (from 1) that are a picture without text."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import BaseDocTemplate, Frame, PageBreak, PageTemplate, Paragraph

    font = _font()
    encryption = StandardEncryption("" if owner_only else password, ownerPassword="owner") if password or owner_only else None
    pictures = set(scans)

    def decorate(canvas: Any, document: Any) -> None:
        if document.page in pictures:
            canvas.drawImage(_picture(), 0, 0, *A4)
            return
        canvas.setFont(font, 9)
        canvas.drawString(72, 810, head)
        canvas.drawCentredString(297, 30, f"— {document.page} —")

    style = ParagraphStyle("text", fontName=font, fontSize=size, leading=1.7 * size, firstLineIndent=2 * size, wordWrap="CJK")
    width = 475 / columns
    frames = [Frame(60 + i * width, 72, width - (20 if columns > 1 else 0), 698) for i in range(columns)]
    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=A4, encrypt=encryption)
    document.addPageTemplates(PageTemplate(frames=frames, onPage=decorate))
    story: list[Any] = []
    for number in range(1, max(pictures, default=0) + 1):
        story += [Paragraph(" " if number in pictures else f"第{number}页上的一句话，说的是道路和学校。", style), PageBreak()]
    document.build(story + [Paragraph(line, style) for line in lines])
    return out.getvalue()


def turned_pdf(lines: Sequence[str], watermark: str) -> bytes:
    """The lines on four pages that are turned by 0, 90, 180 and 270 degrees and set so that they read upright."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(600, 600))
    for turn, origin in ((0, (0, 0)), (90, (600, 0)), (180, (600, 600)), (270, (0, 600))):
        canvas.setPageRotation(turn)
        canvas.translate(*origin)
        canvas.rotate(turn)
        canvas.setFont(_font(), 10)
        for i, line in enumerate(lines):
            canvas.drawString(60, 400 - 30 * i, line)
        canvas.rotate(45)
        canvas.setFont(_font(), 40)
        canvas.drawString(200, 0, watermark)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@cache
def _font() -> str:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))  # a font that every viewer has, none is needed here
    return "STSong-Light"


@cache
def _picture() -> Any:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    return ImageReader(Image.new("L", (60, 84), 200))


def zipped(members: Sequence[tuple[str, bytes]], gbk_names: bool = False) -> bytes:
    """A zip; with `gbk_names` as Windows' own program writes it: names in the machine's encoding, no flag."""
    out = io.BytesIO()
    names = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for i, (name, data) in enumerate(members):
            raw = name.encode("gb18030")
            shown = f"{i:0{len(raw)}d}" if gbk_names else name
            names[shown.encode()] = raw
            package.writestr(zipfile.ZipInfo(shown), data, zipfile.ZIP_DEFLATED)
    archive = out.getvalue()
    if gbk_names:
        for shown, raw in names.items():
            archive = archive.replace(shown, raw)
    return archive
