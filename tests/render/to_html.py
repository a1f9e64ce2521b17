"""Renders transcriptions as pages of a government site, with navigation around the text."""

import html

from disclosure import Table

HEAD = """<!DOCTYPE html>
<html><head><meta charset="{charset}"><title>{title}_某某市人民政府</title>
<style>{style}</style>
<script>var count = 12345.67; document.write("<table><tr><td>1.00</td></tr></table>");</script></head>
<body>
{before}<div class="article" id="zoom">
"""

BEFORE = """<div class="top"><a href="/">网站首页</a> | <a href="/zwgk">政务公开</a> | <a href="/hdjl">互动交流</a></div>
<ul class="nav"><li><a href="/1">预算公开 2023</a></li><li><a href="/2">决算公开 2022</a></li>
<li><a href="/3">财政收支总表 100.00万元</a></li></ul>
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk">政务公开</a> &gt; 部门预算</div>
"""

AFTER = """</div>
{after}</body></html>
"""

FOOTER = """<div class="related"><h3>相关链接</h3><ul><li><a href="/4">2025年收支预算总表</a></li>
<li><a href="/5">2025年支出预算总表</a></li></ul></div>
<div class="footer">主办：某某市人民政府 网站标识码：1234567890 备案号：00000000号</div>
"""


def cell_of(cell, tag="td"):
    spans = ""
    if cell.columns > 1:
        spans += f' colspan="{cell.columns}"'
    if cell.rows > 1:
        spans += f" rowspan={cell.rows}"
    text = html.escape(cell.text, quote=False).replace("  ", "&nbsp; ").replace("\n", "<br>")
    return f"<{tag}{spans}><p><span>{text}</span></p></{tag}>"


def body(blocks):
    parts = []
    for block in blocks:
        if isinstance(block, Table):
            parts.append("<table border=1><tbody>")
            for row in block.rows:
                cells = "".join(cell_of(cell) for cell in row if cell is not None)
                parts.append(f"<tr>\n{cells}\n</tr>")
            parts.append("</tbody></table>")
        else:
            parts.append(f"<p>&emsp;{html.escape(block, quote=False)}</p>" if block else "<p>&nbsp;</p>")
    return "\n".join(parts)


def page(title, blocks, charset="utf-8", style="", framed=True):
    """Returns the bytes of a page."""
    head = HEAD.format(charset=charset, title=title, style=style, before=BEFORE if framed else "")
    if not framed:
        head = head.split("<script>")[0] + "</head>" + head.split("</head>")[1]
    text = head + body(blocks) + AFTER.format(after=FOOTER if framed else "")
    return text.encode("gb18030" if charset.startswith("gb") else "utf-8")
