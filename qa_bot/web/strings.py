"""Every word of the page in both languages; texts of documents are never translated."""

from __future__ import annotations

from typing import Literal

Language = Literal["zh", "en"]

_STRINGS: dict[str, tuple[str, str]] = {
    # frame
    "site": ("政府公报问答", "Gazette Q&A"),
    "motto": (
        "据已收录公报的原文作答，逐条注明文号与章节",
        "Answers from the indexed gazettes, cited by document number and section",
    ),
    "prevails": (
        "本页内容以官方公布的文本为准。",
        "The officially published text prevails over anything shown here.",
    ),
    "language": ("English", "中文"),
    "language_title": ("Switch to English", "切换为中文"),
    "shade": ("深浅", "Shade"),
    "shade_title": ("切换浅色与深色", "Switch between light and dark"),
    "skip": ("跳到提问框", "Skip to the question box"),
    "tab_ask": ("问答", "Ask"),
    "tab_matters": ("事项查询", "Matters"),
    "tab_library": ("文件库", "Documents"),
    "tab_upload": ("上传", "Upload"),
    "tab_index": ("索引", "Index"),
    "tab_about": ("关于", "About"),
    # asking
    "question": ("您的问题", "Your question"),
    "placeholder": ("例如：{example}", "For example: {example}"),
    "send": ("提问", "Ask"),
    "stop": ("停止", "Stop"),
    "new": ("新对话", "New conversation"),
    "welcome": ("想了解哪份文件、哪件事项？", "Which document or matter is it about?"),
    "welcome_text": (
        "已收录 {documents} 份文件、{clauses} 个条款。请直接提问，也可以追问；收录范围以外的问题不作回答。",
        "{documents} documents with {clauses} clauses are indexed. Ask, and ask again about the "
        "answer; what is outside the documents is not answered.",
    ),
    "examples": ("可以这样问", "You can ask"),
    "you": ("问", "Q"),
    "bot": ("答", "A"),
    "searching": ("正在查找条款……", "Looking for clauses …"),
    "composing": ("正在由模型组织语言……", "The model is wording the answer …"),
    "stopped": ("已停止，没有作答。", "Stopped; no answer was given."),
    "cut_short": (
        "已停止，以上答案不完整。",
        "Stopped; the answer above is not complete.",
    ),
    "answered": ("答案已给出，引用 {count} 处。", "Answered with {count} citations."),
    "refused_status": ("没有作答。", "Not answered."),
    "conversation": ("对话", "Conversation"),
    "mode_extractive": ("摘自条款原文", "The clauses' own words"),
    "mode_llm": (
        "由语言模型组织语言，已与条款核对",
        "Worded by a language model, checked against the clauses",
    ),
    "seconds": ("{seconds} 秒", "{seconds} s"),
    "notes": ("需要注意", "Please note"),
    "refused": ("未作答", "Not answered"),
    "reason_nothing_found": ("没有找到相关条款", "no clause was found"),
    "reason_out_of_scope": ("超出收录范围", "outside the indexed documents"),
    "reason_not_answerable": ("文件中没有写明", "not stated in the documents"),
    "reason_unclear_reference": ("请说明所指", "which one is meant"),
    "near": ("相近的条款（不是答案）", "Clauses that come near (no answer)"),
    "which_one": ("您是不是想问", "Did you mean"),
    "failed": ("无法处理", "Cannot be done"),
    "copy_answer": ("复制答案", "Copy answer"),
    "copied": ("已复制", "Copied"),
    "copy_failed": ("无法复制，请手动选取", "Cannot copy, please select the text"),
    "useful": ("有帮助", "Useful"),
    "not_useful": ("没有帮助", "Not useful"),
    "why": ("哪里不好？", "What is wrong?"),
    "why_wrong_source": ("引文不对", "Wrong source"),
    "why_off_topic": ("答非所问", "Off the point"),
    "why_incomplete": ("不完整", "Incomplete"),
    "why_outdated": ("内容过时", "Outdated"),
    "why_other": ("其他", "Other"),
    "thanks": ("已记下，谢谢。", "Noted, thank you."),
    "region_filter": ("地区（可不选）", "Region (optional)"),
    "history": ("历史记录（{count}）", "Earlier conversations ({count})"),
    "history_text": (
        "只对本浏览器可见，{days} 天后自动删除。",
        "Seen only by this browser; deleted after {days} days.",
    ),
    "forget": ("删除", "Delete"),
    "forget_sure": ("删除这段对话？", "Delete this conversation?"),
    "save_as": ("导出对话", "Export conversation"),
    # sources
    "sources": ("来源", "Sources"),
    "source": ("来源 {number}", "Source {number}"),
    "no_source": (
        "提问后，这里显示答案所引的条款。点击答案中的 [1] 查看来源 1。",
        "The cited clauses appear here. Click [1] in an answer to see source 1.",
    ),
    "no_number": ("无文号", "no number"),
    "issuer": ("发文机关", "Issuer"),
    "date": ("成文日期", "Date"),
    "place": ("位置", "Section"),
    "file": ("原始文件", "Source file"),
    "line_numbers": ("第 {first}—{last} 行", "lines {first}–{last}"),
    "unknown": ("未注明", "not stated"),
    "clause_text": ("条款原文", "Text of the clause"),
    "not_indexed": (
        "这一条已不在现行索引中，以下是作答时的原文。",
        "No longer in the index; below is the text as it was when the answer was given.",
    ),
    "before": ("上一条", "Before"),
    "after": ("下一条", "After"),
    "open_document": ("打开原文", "Open the document"),
    "copy_citation": ("复制引用", "Copy citation"),
    "close": ("关闭", "Close"),
    "print": ("打印", "Print"),
    "outline": ("目录", "Outline"),
    "document": ("文件原文", "Document"),
    "not_loaded": (
        "原文无法打开，请稍后再试。",
        "The document cannot be opened; please try again.",
    ),
    # force of a document
    "force_repealed": ("已废止", "Repealed"),
    "force_repealed_by": ("由{by}废止", "repealed by {by}"),
    "force_expired": ("已过期（有效期至 {day}）", "Expired ({day})"),
    "force_pending": ("尚未施行（{day} 起施行）", "Not yet in force (from {day})"),
    "force_term": ("现行，有效期至 {day}", "In force until {day}"),
    "force_effective": ("{day} 起施行，未注明有效期", "In force since {day}, no end stated"),
    "force_unstated": ("有效期未注明", "Validity not stated"),
    # documents
    "region": ("地区", "Region"),
    "year": ("年份", "Year"),
    "all": ("全部", "All"),
    "elsewhere": ("其他", "Other"),
    "find_document": ("按标题或文号筛选", "Filter by title or number"),
    "jump_number": ("直接打开：文号或标题", "Open by number or title"),
    "jump_section": ("章节（可不填）", "Section (optional)"),
    "jump_example": ("例如：盘政发〔2023〕8号", "For example: 盘政发〔2023〕8号"),
    "section_example": ("例如：附件2 第3项", "For example: 附件2 第3项"),
    "jump": ("打开", "Open"),
    "found_documents": ("{count} 份文件", "{count} documents"),
    "no_documents": ("没有符合条件的文件，请放宽条件。", "No document fits; widen the filters."),
    "choose_document": (
        "从列表中选一份文件，或输入文号和章节直接打开。",
        "Choose a document from the list, or open one by number and section.",
    ),
    # matters
    "matters_text": (
        "所收录的事项清单中的每一行：由谁办理、原由谁办理、怎样调整。可以有错别字。",
        "Every row of the indexed lists of matters: who handles it, who did before, what was "
        "changed. Misspelt words are found too.",
    ),
    "find_matter": ("查找事项", "Find a matter"),
    "matter_example": ("例如：校车标牌", "For example: 校车标牌"),
    "column_name": ("事项名称", "Matter"),
    "column_type": ("类型", "Type"),
    "column_body": ("现办理部门", "Handled by"),
    "column_body_before": ("原办理部门", "Handled before by"),
    "column_change": ("调整方式", "Change"),
    "column_source": ("出处", "Source"),
    "found_matters": ("{count} 项", "{count} matters"),
    "first_matters": (
        "{count} 项，显示前 {shown} 项，请缩小范围",
        "{count} matters, the first {shown} shown; narrow the search",
    ),
    "no_matters": (
        "没有符合条件的事项，请换个说法或放宽条件。",
        "No matter fits; try other words or widen the filters.",
    ),
    "export": ("导出", "Export"),
    "sort_by": ("按“{column}”排序", "Sort by {column}"),
    "not_printed": ("—", "—"),
    # who is signed in
    "role_citizen": ("公众", "citizen"),
    "role_staff": ("工作人员", "staff"),
    "role_admin": ("管理员", "admin"),
    "sign_in": ("登录", "Sign in"),
    "sign_out": ("退出登录", "Sign out"),
    # upload
    "upload_text": (
        "上传一份政府公报，查看解析结果后确认，再编入索引；期间可以照常提问。",
        "Upload a gazette, look at what was found in it, then confirm; questions go on meanwhile.",
    ),
    "upload_file": ("公报文件", "Gazette file"),
    "upload_confirm": ("确认收录", "Index it"),
    "upload_cancel": ("取消", "Discard"),
    "upload_cancelled": ("已取消，文件已删除。", "Discarded; the file was deleted."),
    "upload_found": (
        "{name}：{documents} 份文件、{clauses} 个条款",
        "{name}: {documents} documents, {clauses} clauses",
    ),
    "upload_clauses": ("{count} 个条款", "{count} clauses"),
    "upload_no_number": ("《{title}》没有文号", "“{title}” has no document number"),
    "upload_no_date": ("《{title}》没有成文日期", "“{title}” has no date"),
    "upload_noise": (
        "{lines} 行不属于任何文件（刊头、目录、页眉等）",
        "{lines} lines belong to no document (masthead, contents, running heads …)",
    ),
    "upload_reading": ("正在解析……", "Parsing …"),
    "upload_embedding": ("正在计算向量……", "Embedding …"),
    "upload_writing": ("正在写入索引……", "Writing the index …"),
    "upload_done": (
        "已收录 {name}。索引现有 {documents} 份文件、{clauses} 个条款。",
        "{name} is indexed. The index now has {documents} documents with {clauses} clauses.",
    ),
    # generations of the index
    "index_text": (
        "每次收录都会新建一代索引，旧的保留若干代。可以检查任何一代是否完好，或退回到较早的一代；服务不用重启。",
        "Every change builds a new generation of the index, and some old ones are kept. Check "
        "whether one is whole, or go back to an earlier one; the server need not be restarted.",
    ),
    "index_generations": ("历代索引", "Generations"),
    "index_generation": (
        "{date}，{files} 个公报文件、{documents} 份文件、{clauses} 个条款，模型 {model}（{name}）",
        "{date}: {files} gazette files, {documents} documents, {clauses} clauses, model {model} ({name})",
    ),
    "index_current": ("，当前", ", current"),
    "index_unreadable": ("{name}，清单无法读取", "{name}: its manifest cannot be read"),
    "index_verify": ("检查", "Verify"),
    "index_verifying": ("正在检查……", "Verifying …"),
    "index_whole": ("{name} 完好。", "{name} is whole."),
    "index_faulty": ("已损坏，不要退回到它：", "It is damaged, do not roll back to it:"),
    "index_rollback": ("退回", "Roll back"),
    "index_sure": ("确认退回到 {name}？", "Roll back to {name}?"),
    "index_confirm": ("确认退回", "Yes, roll back"),
    "index_cancel": ("取消", "Cancel"),
    "index_rolled_back": (
        "当前索引为 {name}，正在运行的服务随即改用。",
        "{name} is current now; the running server changes over.",
    ),
    "index_none_chosen": ("请先选择一代索引。", "Choose a generation first."),
    # about
    "about_title": ("关于本站", "About"),
    "about_text": (
        "本站把政府公报逐条收录，按条款检索作答。每句答案都注明文号和章节，并可打开原文核对；收录文件里没有的，不作回答。",
        "Government gazettes are indexed clause by clause. Every statement names its document and "
        "section and can be checked in the full text; what the documents do not say is not answered.",
    ),
    "about_index": ("收录情况", "Index"),
    "about_answers": ("作答方式", "Answers"),
    "about_notice": ("注意", "Notice"),
    "about_notice_text": (
        "本站内容仅供查阅，以官方公布的文本为准；有效期标注依据文件自身条文，不代替官方的效力认定。办理事项前请向办理部门核实。",
        "For reference only: the officially published text prevails. Validity is judged from the "
        "documents themselves and is no official finding. Ask the responsible body before acting.",
    ),
    "documents_count": ("文件", "Documents"),
    "clauses_count": ("条款", "Clauses"),
    "matters_count": ("事项", "Matters"),
    "files_count": ("公报文件", "Gazette files"),
    "built": ("索引建立时间", "Index built"),
    "embedding": ("向量模型", "Embedding model"),
    "answered_by": ("作答", "Answered by"),
    "language_model": ("语言模型", "Language model"),
    "version": ("版本", "Version"),
    "force_title": (
        "依据文件自身条文和已收录的其他文件判断，不代替官方的效力认定。",
        "Judged from the document itself and the other indexed documents; no official finding.",
    ),
}


def text(language: Language, key: str, **values: object) -> str:
    """The page's words for ``key``, with ``values`` filled in."""
    words = _STRINGS[key][0 if language == "zh" else 1]
    return words.format(**values) if values else words


def as_language(value: object) -> Language:
    """The language that a browser asks for; Chinese unless it is English."""
    return "en" if value == "en" else "zh"
