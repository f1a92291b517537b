"""Words of what an operator does: retry, set aside, withdraw, pause, resume; and of the log of exchanges."""

from typing import Final

OPERATOR_WORDS: Final[dict[str, tuple[str, str]]] = {
    # retry: what will happen
    "why": ("Trạng thái và lý do", "State and why"),
    "will-happen": ("Sẽ xảy ra", "What will happen"),
    "invoices-count": ("Bao nhiêu hóa đơn", "Invoices"),
    "retry-sent": (
        "gửi lại ở cuối hàng đợi, nội dung như cũ.",
        "sent again at the tail, with the same content.",
    ),
    "retry-refused-before": (
        (
            "Lần trước bị từ chối với mã {code}: sẽ lại bị từ chối trừ khi nguyên nhân đã được xử lý. Nếu đơn sai: "
            "sửa đơn trên Haravan rồi `hoadon orders recheck {order}`."
        ),
        (
            "It was refused with {code}: it will be refused again unless the cause is gone. If the order is wrong: "
            "correct it in Haravan, then `hoadon orders recheck {order}`."
        ),
    ),
    "retry-behind-stopped": (
        "Làn {state}: đi tiếp sau `hoadon lanes resume {name}`.",
        "The lane is {state}: it goes on after `hoadon lanes resume {name}`.",
    ),
    "retry-behind-stopped-account": (
        "Tài khoản {state}: đi tiếp sau `hoadon lanes resume --account {name}`.",
        "The account is {state}: it goes on after `hoadon lanes resume --account {name}`.",
    ),
    "retry-resumed": ("Làn được chạy lại (--resume).", "Its lane is resumed (--resume)."),
    "retry-held": (
        "không gửi lại: nội dung này sẽ lại bị giữ. Xét lại đơn: `hoadon orders recheck {order}`.",
        "not sent: the same content would be held again. Judge the order anew: `hoadon orders recheck {order}`.",
    ),
    "retry-looked-up": (
        "không gửi gì: một lần gửi có thể vẫn thành công; tiếp tục tra cứu đến {until}.",
        "nothing is sent: an attempt may still succeed; look-ups go on until {until}.",
    ),
    "retry-until-clear": ("khi có câu trả lời rõ ràng", "there is a clear answer"),
    "retry-issued": ("không làm gì: đã phát hành.", "nothing: it is issued."),
    "retry-on-its-way": ("không làm gì: đang trên đường.", "nothing: it is on its way already."),
    "retry-new-chances": (
        "không gửi lệnh mới; làn chạy lại thì hóa đơn được tra cứu rồi gửi lại y nguyên nếu MISA không có.",
        "no new command; once its lane is resumed it is looked up, and sent again unchanged if MISA does not have it.",
    ),
    "retry-withdrawn": (
        "không gửi: đã rút lại (đơn bị hủy hoặc được xét lại). Nếu đơn vẫn cần: `hoadon orders recheck {order}`.",
        (
            "not sent: it was withdrawn (order cancelled or judged anew). If the order wants it: "
            "`hoadon orders recheck {order}`."
        ),
    ),
    "retry-not-planned": (
        "không gửi: không có hồ sơ đơn nào giữ lệnh của hóa đơn này. Xét lại đơn: `hoadon orders recheck {order}`.",
        "not sent: no order's document holds its command. Judge the order anew: `hoadon orders recheck {order}`.",
    ),
    "retry-judged-again": (
        "không gửi: sau lần lập này đơn đã có quyết định mới hơn; xem `hoadon orders show {order}`.",
        "not sent: the order was judged again since; see `hoadon orders show {order}`.",
    ),
    "retry-order-changed": (
        "không gửi: đơn đã thay đổi, bị hủy hoặc bị xóa sau khi lập. Xét lại: `hoadon orders recheck {order}`.",
        "not sent: the order changed, was cancelled or deleted since. Judge it anew: `hoadon orders recheck {order}`.",
    ),
    "retry-corrected-otherwise": (
        "không gửi: hóa đơn gốc đã có điều chỉnh hoặc thay thế khác; xem `hoadon orders show {order}`.",
        "not sent: its original has another correction; see `hoadon orders show {order}`.",
    ),
    "group-sent": ("gửi lại ở cuối hàng đợi", "sent again at the tail"),
    "group-held": ("sẽ lại bị giữ, cần nội dung khác", "would be held again: other content is needed"),
    "group-looked-up": ("tiếp tục được tra cứu", "go on being looked up"),
    "group-issued": ("đã phát hành", "issued"),
    "group-on-its-way": ("đang trên đường", "on their way"),
    "group-new-chances": ("chờ làn chạy lại (lanes resume)", "wait for their lane (lanes resume)"),
    "group-withdrawn": ("đã rút lại", "withdrawn"),
    "group-not-planned": ("không có lệnh để gửi", "without a command to send"),
    "group-judged-again": ("đơn đã có quyết định mới hơn", "with a newer decision on the order"),
    "group-order-changed": ("đơn đã thay đổi", "of an order that changed"),
    "group-corrected-otherwise": ("đã có sửa sai khác", "with another correction"),
    # retry: the end
    "retry-what": (
        (
            "nói rõ hóa đơn nào: ghi RefID, tên đơn, số hóa đơn hoặc mã tra cứu, hoặc lọc bằng --lane, --shop, "
            "--account, --state, --code, --since"
        ),
        "say which invoices: name them, or filter by --lane, --shop, --account, --state, --code or --since",
    ),
    "retry-names-or-filter": (
        "ghi tên hóa đơn hoặc dùng bộ lọc, không dùng cả hai (--shop thì được)",
        "name invoices or use a filter, not both (--shop may go with names)",
    ),
    "retry-ask": ("Gửi lại {count} hóa đơn? [c/K]", "Send {count} invoices again? [y/N]"),
    "retry-ask-resume": (
        "Gửi lại {count} hóa đơn và chạy lại {stopped}? [c/K]",
        "Send {count} invoices again and resume {stopped}? [y/N]",
    ),
    "retry-would": (
        "{count} hóa đơn sẽ được gửi lại (chạy thử, chưa gửi gì).",
        "{count} invoices would be sent again (dry run, nothing was sent).",
    ),
    "retry-done": (
        "{count} hóa đơn đã được gửi lại; xem kết quả bằng `hoadon invoices list`.",
        "{count} invoices were sent again; see `hoadon invoices list` for the outcome.",
    ),
    "retry-changed": (
        "{count} hóa đơn hay lý do dừng đã đổi trong lúc chờ nên không làm gì: chạy lại lệnh để xem.",
        "{count} invoices, or what stops them, changed meanwhile and were left alone: run the command again to see.",
    ),
    "retry-declined": ("Không gửi gì.", "Nothing was sent."),
    "retry-nothing": ("Không có hóa đơn nào để gửi lại.", "There is no invoice to send again."),
    "needs-yes": (
        "thêm --yes để làm thật, hoặc --dry-run để chỉ xem",
        "add --yes to do it, or --dry-run to look only",
    ),
    "not-both": ("dùng --yes hoặc --dry-run, không dùng cả hai", "use --yes or --dry-run, not both"),
    # set aside, withdraw
    "no-reason": (
        "--reason trống; ghi vì sao, ai xem cũng thấy",
        "--reason is empty; say why, for everybody who looks",
    ),
    "set-aside-waiting": (
        "rời hàng đợi, làn đi tiếp; `hoadon invoices retry {ref_id}` đưa lại vào cuối hàng đợi.",
        "leaves the queue and the lane goes on; `hoadon invoices retry {ref_id}` puts it back at the tail.",
    ),
    "set-aside-open": (
        "làn đi tiếp không chờ nó; vẫn được tra cứu, tìm thấy thì được nhận số.",
        "the lane goes on without it; look-ups go on, and it is adopted when found.",
    ),
    "set-aside-already": ("không làm gì: đã để riêng.", "nothing: it is set aside already."),
    "withdraw-never-sent": (
        "được rút lại; đơn được xét lại theo cấu hình hiện nay và, nếu vẫn cần, được lập lại ở cuối hàng đợi.",
        "is taken back; its order is judged by the rules of now and, if it still wants one, planned at the tail.",
    ),
    "withdraw-already": ("không làm gì: đã rút lại.", "nothing: it is withdrawn already."),
    "refused-no-lane": ("không có làn {subject}", "there is no lane {subject}"),
    "refused-no-intent": ("không có hóa đơn {subject}", "there is no invoice {subject}"),
    "refused-keeps-changing": (
        "{subject} đang thay đổi liên tục: thử lại sau giây lát",
        "{subject} keeps changing: try again in a moment",
    ),
    "refused-sending": (
        "{subject} đang được gửi: thử lại sau giây lát",
        "{subject} is being sent right now: try again in a moment",
    ),
    "refused-not-in-the-way": (
        "{subject}: làn không chờ hóa đơn này (đã phát hành, bị từ chối hoặc đã rút)",
        "{subject}: its lane does not wait for it (issued, refused or withdrawn)",
    ),
    "refused-may-be-issued": (
        (
            "{subject} không rút được: đã phát hành, hoặc một lần gửi có thể vẫn thành công. Đã phát hành "
            "thì điều chỉnh hoặc thay thế; còn chưa rõ thì `hoadon invoices set-aside` để làn đi tiếp"
        ),
        (
            "{subject} cannot be withdrawn: it is issued, or an attempt may still succeed. What is issued is "
            "adjusted or replaced; while it is not known, `hoadon invoices set-aside` lets the lane go on"
        ),
    ),
    "operator-would": ("(chạy thử, chưa làm gì) ", "(dry run, nothing was done) "),
    # lanes
    "lane-or-account": ("ghi một làn, hoặc --account, không cả hai", "name a lane, or --account, not both"),
    "no-account": (
        "không có làn nào gửi qua tài khoản {account!r}; xem `hoadon lanes list`",
        "no lane sends through the account {account!r}; see `hoadon lanes list`",
    ),
    "refused-blocked": (
        "{subject} đang bị chặn, chặt hơn tạm dừng, và giữ mã và lý do của nó; xem `hoadon lanes show`",
        "{subject} is blocked already, which stops more than a pause, and keeps its reason; see `hoadon lanes show`",
    ),
    "resends-of-account": (
        "--resends chỉ dùng cho một làn: dừng một tài khoản luôn dừng cả việc gửi lại",
        "--resends is for one lane: pausing an account always stops resends too",
    ),
    "would-be": ("{name}: {before} → {after}", "{name}: {before} → {after}"),
    "pause-settles": (
        "những gì đang gửi vẫn được giải quyết, kể cả gửi lại",
        "what is in flight is still settled, resends included",
    ),
    "pause-looks-up": (
        "những gì đang gửi chỉ được tra cứu, không gửi lại",
        "what is in flight is looked up only, not sent again",
    ),
    "resume-goes-on": ("{count} hóa đơn đang chờ sẽ đi tiếp", "waiting invoices that go on: {count}"),
    "resume-chances": (
        "{count} hóa đơn chưa rõ kết quả: tra cứu, rồi từng cái một gửi lại y nguyên nếu MISA không có",
        "{count} of unknown outcome: looked up, then one by one sent again unchanged if MISA does not have them",
    ),
    "since": ("Từ lúc", "Since"),
    "code": ("Mã", "Code"),
    "lane-state-of": ("Làn", "Lane"),
    "account-state-of": ("Tài khoản {account}", "Account {account}"),
    "last-date": ("Ngày hóa đơn gần nhất", "Last invoice date"),
    "holder": ("Đang được phục vụ bởi", "Served by"),
    "until-time": ("{who}, đến {until}", "{who}, until {until}"),
    "next-request": ("Lần gửi kế tiếp không trước", "Next request not before"),
    "counts": ("Hóa đơn", "Invoices"),
    "next-step": ("Bước kế tiếp", "Next step"),
    "to-do": ("Việc cần làm", "What to do"),
    "in-flight-list": ("Đang gửi hoặc chưa rõ:", "In flight:"),
    "queue-list": ("Đầu hàng đợi ({shown}/{count}):", "Head of the queue ({shown} of {count}):"),
    "look-ups": ("Tra cứu", "Look-ups"),
    "next-look-up": ("Tra cứu lần tới", "Next look-up"),
    "not-before": ("Không trước", "Not before"),
    "waits-for": ("Lần trước chưa gửi được vì", "Not sent last time because"),
    "resends": ("Gửi lại", "Resends"),
    "found-not": ("{count} lần không thấy", "{count} times not found"),
    "unclear-times": ("{count} lần không rõ", "{count} times unclear"),
    "step-idle": ("không có gì để làm", "nothing to do"),
    "step-stopped": ("không gửi gì cho đến khi làn chạy lại", "sends nothing until the lane is resumed"),
    "step-sending": ("một yêu cầu đang chờ trả lời", "a request is waiting for its answer"),
    "step-mark-unknown": (
        "một yêu cầu bị bỏ dở: được tra cứu từng hóa đơn",
        "a request was left behind: its invoices are looked up",
    ),
    "step-claim": ("gửi {count} hóa đơn từ {at}", "sends {count} invoices from {at}"),
    "step-wait": ("chờ đến {at}", "waits until {at}"),
    "step-ask": ("tra cứu {count} hóa đơn", "looks {count} invoices up"),
    "step-resend": ("gửi lại y nguyên {count} hóa đơn từ {at}", "sends {count} invoices again unchanged from {at}"),
    "step-give-up": ("chặn làn và gọi người: {reason}", "blocks the lane and calls a person: {reason}"),
    "do-stuck": (
        "{count} hóa đơn cần người xem: `hoadon invoices retry --lane '{lane}' --dry-run`.",
        "{count} invoices need a person: `hoadon invoices retry --lane '{lane}' --dry-run`.",
    ),
    "do-nothing": ("không cần làm gì.", "nothing."),
    "do-unblock": ("{cause} Xong thì: {command}", "{cause} Then: {command}"),
    "do-Paused": ("Chờ đến khi hết lý do dừng.", "Wait until the reason is gone."),
    "do-Stopped": ("Chờ đến khi hết lý do dừng.", "Wait until the reason is gone."),
    "do-UnknownOutcome": (
        (
            "Tìm các RefID trên trong meInvoice. Chạy lại làn thì chúng được tra cứu trước khi gửi lại y nguyên; không "
            "muốn chờ thì `hoadon invoices set-aside REFID`."
        ),
        (
            "Look for the RefIDs above in meInvoice. When the lane is resumed they are looked up before anything is "
            "sent again; not to wait for one: `hoadon invoices set-aside REFID`."
        ),
    ),
    "do-TryAgainLimit": (
        "meInvoice cứ báo thử lại: kiểm tra có chương trình khác đang phát hành cùng ký hiệu không, hoặc hỏi MISA.",
        "meInvoice keeps saying later: see whether another program issues in this series, or ask MISA.",
    ),
    "do-SeriesNotConfigured": (
        "Ghi lại ký hiệu này trong tệp cấu hình cửa hàng, `hoadon config apply`.",
        "List this series in the shop file again, `hoadon config apply`.",
    ),
    "do-AccountNotConfigured": (
        "Ghi lại tài khoản này trong tệp cấu hình cửa hàng, `hoadon config apply`.",
        "List this account in the shop file again, `hoadon config apply`.",
    ),
    "do-EnvironmentMismatch": (
        "Sửa `environment` hoặc `base_url` của tài khoản cho khớp, `hoadon config apply`.",
        "Make the account's `environment` and `base_url` agree, `hoadon config apply`.",
    ),
    "do-ShopUnreadable": (
        "Áp dụng lại tệp cấu hình cửa hàng, hoặc thêm khóa cũ vào HOADON_SECRET_KEYS.",
        "Apply the shop file again, or add the old key to HOADON_SECRET_KEYS.",
    ),
    "do-other": ("Xử lý nguyên nhân ghi ở trên.", "Remove the cause named above."),
    # exchanges
    "answer": ("Trả lời", "Answer"),
    "about": ("Về", "About"),
    "attempt": ("Lần", "Attempt"),
    "trace": ("Trace", "Trace"),
    "lane-request": ("Lượt gửi", "Lane's request"),
    "sign-type": ("SignType {number}", "SignType {number}"),
    "and-more": ("{first} và {count} khác", "{first} and {count} more"),
    "truncated": ("bị cắt bớt khi lưu", "cut when it was kept"),
    "body-request": ("Nội dung gửi:", "Request:"),
    "body-response": ("Nội dung nhận:", "Response:"),
    "personal-masked": (
        "Dữ liệu người mua được che; --personal-data hiện tất cả.",
        "Buyers' data are masked; --personal-data shows everything.",
    ),
    "body-not-json": (
        "({count} ký tự, không phải JSON; --personal-data hiện nguyên văn)",
        "({count} characters, not JSON; --personal-data shows them as they are)",
    ),
    "text-hidden": ("({count} ký tự; --personal-data hiện)", "({count} characters; --personal-data shows them)"),
    "no-exchange": (
        "không có trao đổi {exchange!r} (hoặc đã hết hạn lưu); xem `hoadon exchanges list`",
        "there is no exchange {exchange!r}, or it was forgotten; see `hoadon exchanges list`",
    ),
    "order-of-several-shops": (
        "đơn {order!r} có ở nhiều cửa hàng: {shops}; thêm --shop",
        "several shops have an order {order!r}: {shops}; add --shop",
    ),
    "failure-left-behind": (
        "tiến trình kết thúc trước khi ghi câu trả lời; đã gửi hay chưa thì tra cứu sẽ rõ",
        "the process ended before it recorded an answer; whether this was sent, look-ups tell",
    ),
    "failure-no-answer": ("không có trả lời trong {seconds} giây", "no answer within {seconds} s"),
    "failure-cut": ("bên gửi ngừng chờ câu trả lời", "the caller stopped waiting for the answer"),
    "exchange": ("Trao đổi", "Exchange"),
    "see-exchange": ("Xem nội dung trao đổi: `hoadon exchanges show MÃ`.", "Their bodies: `hoadon exchanges show ID`."),
    "see-exchanges": ("Xem các trao đổi: `{command}`.", "Its exchanges: `{command}`."),
}
