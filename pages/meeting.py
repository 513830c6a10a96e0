"""Meeting mode's stage and the list of prepared questions; `meeting.js` moves them."""

from __future__ import annotations

from qa.page import Voice


def meeting_html(voice: Voice) -> str:
    """Both, hidden until they are called for."""
    h = voice.html
    return (
        f'<section id="stage" role="dialog" aria-modal="true" aria-label="{h("meeting")}" tabindex="-1" hidden>'
        f'<h2 aria-live="polite"></h2><div class="shown"></div><footer><span class="count"></span><span class="hint">{h("meeting_keys")}</span>'
        f'<button type="button" data-go="-1" aria-label="{h("meeting_previous")}" title="{h("meeting_previous")}">←</button>'
        f'<button type="button" data-go="1" aria-label="{h("meeting_next")}" title="{h("meeting_next")}">→</button>'
        f'<button type="button" class="leave" aria-label="{h("meeting_leave")}" title="{h("meeting_leave")}">×</button></footer></section>'
        f'<dialog id="prepare" aria-label="{h("prepare")}"><h3>{h("prepare")}</h3><p>{h("prepare_help")}</p>'
        f'<textarea rows="10" aria-label="{h("prepare_label")}"></textarea><div class="row">'
        f'<button type="button" class="plain" data-do="take">{h("prepare_take")}</button><span class="gap"></span>'
        f'<button type="button" class="plain" data-do="cancel">{h("cancel")}</button>'
        f'<button type="button" class="plain" data-do="save">{h("save")}</button>'
        f'<button type="button" class="main" data-do="start">{h("prepare_start")}</button></div></dialog>'
    )
