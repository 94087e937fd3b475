//! Pages as content management systems make them: nothing lost, no frame left, pinned whole.

use std::path::Path;

use depeche::ingest::Options;

use crate::provenance::check_source;
use crate::{check_clean, read_all, shown};

fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/ingest/pages")
        .join(name);
    let article = read_all(&path, &Options::default()).remove(0).unwrap();
    check_clean(&article);
    if !article.span_map.runs.is_empty() {
        check_source(&article, &std::fs::read(&path).unwrap());
    }
    shown(&article)
}

/// One snapshot a page, beside this file.
macro_rules! pages {
    ($($test:ident: $file:literal),* $(,)?) => {
        $(
            #[test]
            fn $test() {
                insta::assert_snapshot!(page($file));
            }
        )*
    };
}

pages! {
    a_blog_with_boxes_of_links_and_comments: "wordpress.html",
    a_newspaper_with_a_paywall_and_a_standfirst_outside_the_body: "paywall.html",
    a_company_site_laid_out_with_tables_inside_a_form: "aspnet.html",
    a_page_shown_by_script_that_states_its_text: "script-only.html",
    a_page_of_line_breaks_and_fonts: "soup.html",
    a_magazine_with_captions_a_box_and_a_quotation: "boxes.html",
    a_brief_shorter_than_its_frame: "brief.html",
    a_title_below_the_name_of_the_site_and_a_body_in_pieces: "sections.html",
}
