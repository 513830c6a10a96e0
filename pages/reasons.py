"""What the program says of files and builds, in Chinese. `index` and `qa` speak English; a message without a line here stays as it is."""

from __future__ import annotations

import re

_MESSAGES: tuple[tuple[str, str], ...] = (
    # files that are left out
    (r"holds no text that an html parser can find", "网页里没有可读的文字"),
    (r"holds no text; if the page fills itself.*", "没有文字；如果网页靠脚本显示内容，请等它加载完再从浏览器另存"),
    (r"holds no text", "没有文字"),
    (r"holds no sentence", "没有成句的文字"),
    (r"the same report \((.*)\) is in (.*)", r"同一份报告（\1）已在 \2 里"),
    (r"no reader for (.*?); convert it to one of (.*)", r"不支持 \1，请转换为 \2 之一"),
    (r"is not text: it is full of control characters", "不是文本：满是控制字符"),
    (r"is not text in utf-8.*", "不是 utf-8、gb18030、big5 或 utf-16 编码的文本；请另存为 utf-8"),
    (r"is a scan without a text layer.*", "是没有文字层的扫描件；请先做文字识别（如 ocrmypdf）"),
    (r"has a text layer without character codes.*", "文字层没有字符编码（字只是图形）；请做文字识别（如 ocrmypdf）"),
    (r"is protected by a password.*", "有密码保护；请去掉密码另存"),
    (r"is an old Word file named \.docx.*", "其实是旧版 Word 文件；请改名为 .doc 或另存为 .docx"),
    (r"is saved as Strict Open XML.*", "是 Strict Open XML 格式；请另存为普通 .docx"),
    (r"is cut off.*", "文件不完整；请重新获取"),
    (
        r"is damaged.*|is a damaged docx.*|its html part is damaged.*|could not be converted by LibreOffice.*",
        "文件已损坏，或不是这种格式；请用原来的程序打开后另存",
    ),
    (r"is nested too deeply.*", "网页嵌套太深；请从浏览器重新另存"),
    (r"is (.*?) MB long, the limit is (.*?) MB; split it", r"有 \1 MB，上限 \2 MB；请拆分"),
    (r"is over (.*?) MB long; split it", r"超过 \1 MB；请拆分"),
    (r"holds (?:more than )?(.*?) files(?:, the limit is .*)?; split it", r"压缩包里文件太多（\1 个）；请拆分"),
    (r"unpacks to more than (.*?) MB.*", r"解压后超过 \1 MB；请解压后给出文件夹"),
    (r"is packed .*", "压缩率高得不像文档；请解压后给出文件夹"),
    (r"is a zip in a zip in a zip.*", "压缩包层层嵌套；请解压后给出文件夹"),
    (r"holds no files", "压缩包是空的"),
    (r"took longer than (.*?) seconds.*|.* took longer than (.*?) seconds.*", "读取时间太长；请拆分或另存"),
    (r"needs the package (.*)", r"缺少软件包 \1"),
    (r"cannot be opened: (.*)", r"打不开：\1"),
    (r"cannot be read: (.*)", r"读不了：\1"),
    # asking
    (r"the question is empty; .*", "请输入问题，例如：珠海2023年GDP增长目标是多少？"),
    (r"the question has (.*?) characters, at most (.*?) are read; .*", r"问题有 \1 个字，最多 \2 个；请一次问一件事"),
    (r"this library holds no such document .*", "资料库里没有这份报告（可能已移除）；请重新提问"),
    (r"(.*) is no year; give four digits, e\.g\. 2023", r"\1 不是年份；请用四位数字，例如 2023"),
    (r"(.*) has reached (.*?) MB; move it away to go on collecting feedback", r"\1 已满 \2 MB；移走后才能继续记录"),
    # adding and correcting
    (r"(.*): no reader for (.*?); these kinds are read: (.*)", r"\1：不支持 \2；可读 \3"),
    (r"(.*) has (.*?) bytes; files of 1 byte to (.*?) MB are taken", r"\1 有 \2 字节；可收 1 字节到 \3 MB 的文件"),
    (r"(\d+) files have been added;.*", r"已添加 \1 个文件；更多的请放进文件夹，用 build_index.py 建库"),
    (r"(.*) cannot be stored: (.*)", r"\1 存不下来：\2"),
    (r"this file was not sent to this page.*", "这个文件不是从本页上传的；请重新添加"),
    (r"the last file of a library cannot be taken out.*", "最后一个文件不能移除；请先添加别的"),
    (r"the library holds no such document any more.*", "资料库里已经没有这份报告；请看更新后的列表"),
    (r"(.*) is no year;.*", r"“\1”不是年份；请写 1949 到 2100 之间的四位数字"),
    (r"the level is one of .*", "级别只能是列出的几种"),
    (r"a value is longer than (.*?) characters.*", r"内容超过 \1 个字，或含有控制字符"),
    # builds
    (r"another build of (.*) is at work.*", "另一个程序正在更新这个索引，请稍后再试"),
    (r"no file could be read: (.*)", r"没有一个文件读得了：\1"),
    (r"(.*) cannot be written \((.*)\);.*", r"写不进 \1（\2）；请腾出空间。旧索引照常使用"),
    (r"(.*) does not exist; give a folder.*", r"\1 不在了"),
    (r"(.*) holds no files; put reports there.*", r"\1 里没有文件"),
    (r"the build failed; the terminal.*", "更新失败，原因见运行 ui.py 的窗口"),
    (r"(.*) differs from what was written", r"\1 与写入时不同"),
)
_COMPILED = tuple((re.compile(pattern, re.S), chinese) for pattern, chinese in _MESSAGES)


def in_chinese(message: str) -> str:
    """A message in Chinese; as it is where its wording is not known."""
    for pattern, chinese in _COMPILED:
        found = pattern.fullmatch(message)
        if found:
            return found.expand(chinese)
    return message
