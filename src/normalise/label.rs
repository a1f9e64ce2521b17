//! Reads the labels of rows: enumerators, 其中, codes glued to names, totals.

use crate::{accounts::text, extract::enumerator};

/// A label taken apart.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Label {
    /// The label as published.
    pub(super) text: String,
    /// The code printed before it.
    pub(super) code: Option<String>,
    /// How deep its enumerator puts it: 一、 is 1, （一） 2, 1. 3, （1） 4.
    pub(super) level: Option<u8>,
    /// Whether 其中 stands before it.
    pub(super) memo: bool,
}

/// Takes a printed label apart.
pub(super) fn read(printed: &str) -> Label {
    let mut label = Label { text: text::label(printed).into_owned(), ..Label::default() };
    // No label has more marks before it.
    for _ in 0..4 {
        if let Some(rest) =
            label.text.strip_prefix("其中:").or_else(|| label.text.strip_prefix("其中"))
        {
            label.memo = true;
            label.text = rest.to_owned();
        } else if let Some((mark, rest)) = enumerator(&label.text) {
            label.level = label.level.or(Some(level(mark)));
            label.text = rest.to_owned();
        } else {
            break;
        }
    }
    if matches!(label.text.as_str(), "总计" | "合计" | "共计") {
        "合计".clone_into(&mut label.text);
    }
    label
}

/// Takes a classification code off the start of a label: `2080505机关事业单位…`.
pub(super) fn take_code(label: &mut Label) {
    let start = label.text.trim_start_matches(['[', '(']);
    let digits = start.bytes().take_while(u8::is_ascii_digit).count();
    if !matches!(digits, 3 | 5 | 7) {
        return;
    }
    let rest =
        start.get(digits..).unwrap_or_default().trim_start_matches([']', ')', '-', '_', '.', '、']);
    if rest.chars().next().is_some_and(|c| !c.is_ascii() && c != '年') {
        label.code = start.get(..digits).map(str::to_owned);
        label.text = rest.to_owned();
    }
}

/// Returns whether a label says that its row counts things: 因公出国（境）团组数（个）.
pub(super) fn is_count(printed: &str) -> bool {
    let printed = printed.trim_end();
    let Some(rest) = printed.strip_suffix(['）', ')']) else { return false };
    let unit = rest.rsplit_once(['（', '(']).map_or("", |(_, unit)| unit.trim());
    matches!(unit, "个" | "人" | "人次" | "辆" | "台" | "批" | "批次" | "次" | "家")
}

/// Returns how deep an enumerator puts its row.
fn level(mark: &str) -> u8 {
    let digits = mark.contains(|c: char| c.is_ascii_digit());
    match (mark.starts_with(['(', '（']), digits) {
        (false, false) => 1,
        (true, false) => 2,
        (false, true) => 3,
        (true, true) => 4,
    }
}

/// Returns whether a label is that of a row of totals.
pub(super) fn is_total(label: &str) -> bool {
    let of_year = label.strip_prefix("本年").or_else(|| label.strip_prefix("当年"));
    if of_year.is_some_and(|rest| matches!(rest, "收入小计" | "支出小计" | "收入合计" | "支出合计"))
    {
        return true;
    }
    matches!(
        label,
        "合计"
            | "收入总计"
            | "支出总计"
            | "收入合计"
            | "支出合计"
            | "收入预算总计"
            | "支出预算总计"
            | "本年收入总计"
            | "本年支出总计"
            | "人员经费合计"
            | "公用经费合计"
            | "收入总额"
            | "收入总数"
            | "支出总数"
            | "支出总额"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_taken_apart() {
        let check = |printed: &str, text: &str, level: Option<u8>, memo: bool| {
            let label = read(printed);
            assert_eq!(
                (label.text.as_str(), label.level, label.memo),
                (text, level, memo),
                "{printed}"
            );
        };
        check("一、财政拨款收入", "财政拨款收入", Some(1), false);
        check("（二）政府性基金预算 拨款", "政府性基金预算拨款", Some(2), false);
        check("其中：（1）公务用车运行维护费", "公务用车运行维护费", Some(4), true);
        check("总 计", "合计", None, false);
        check("收 入 总 计", "收入总计", None, false);
        check("2.5米以上", "2.5米以上", None, false);
    }

    #[test]
    fn counts_name_what_they_count() {
        assert!(is_count("因公出国（境）团组数（个）"));
        assert!(is_count("公务用车购置数(辆)"));
        assert!(!is_count("因公出国（境）"));
        assert!(!is_count("公务接待费（万元）"));
    }

    #[test]
    fn a_glued_code_is_taken_off() {
        let mut label = read("2080505 机关事业单位基本养老保险缴费支出");
        take_code(&mut label);
        assert_eq!(label.code.as_deref(), Some("2080505"));
        assert_eq!(label.text, "机关事业单位基本养老保险缴费支出");
    }
}
