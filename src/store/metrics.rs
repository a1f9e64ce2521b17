//! Writes what a run did in the text format of `OpenMetrics`, for node exporters.

use crate::store::history::Record;

/// Returns the metrics of a run.
pub fn text(record: &Record) -> String {
    let counts = &record.counts;
    let good = matches!(record.outcome.as_str(), "published" | "nothing new");
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, values: &[(String, u64)]| {
        text.extend([format!("# TYPE fisc_{name} gauge\n# HELP fisc_{name} {help}\n")]);
        for (labels, value) in values {
            text.extend([format!("fisc_{name}{labels} {value}\n")]);
        }
    };
    let one = |value| vec![(String::new(), value)];
    gauge("last_run_good", "Whether the last run did what it should.", &one(u64::from(good)));
    gauge("documents", "Documents of the current snapshot.", &one(counts.documents));
    gauge("quarantined", "Documents that could not be read.", &one(counts.quarantined));
    gauge("figures", "Figures of tables.", &one(counts.figures));
    gauge("unread_numbers", "Printed numbers that became no data.", &one(counts.unread));
    gauge("findings_errors", "Findings that are errors.", &one(counts.errors));
    let labelled = |key: &str, values: &std::collections::BTreeMap<String, u64>| {
        let label = |(name, value): (&String, &u64)| (format!("{{{key}=\"{name}\"}}"), *value);
        values.iter().map(label).collect::<Vec<_>>()
    };
    gauge(
        "files",
        "Files of the last run, by what became of them.",
        &labelled("change", &record.files),
    );
    gauge(
        "stage_milliseconds",
        "How long each stage of the last run took.",
        &labelled("stage", &record.milliseconds),
    );
    text.push_str("# EOF\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_in_the_text_format() {
        let record = Record {
            outcome: "published".to_owned(),
            files: [("new".to_owned(), 3)].into(),
            ..Record::default()
        };
        let text = text(&record);
        assert!(text.contains("# TYPE fisc_files gauge\n"), "{text}");
        assert!(text.contains("\nfisc_files{change=\"new\"} 3\n"), "{text}");
        assert!(text.contains("\nfisc_last_run_good 1\n"), "{text}");
        assert!(text.ends_with("# EOF\n"), "{text}");
    }
}
