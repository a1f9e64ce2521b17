//! The prose of the sample documents, and an account of every number that they print.

use std::{collections::BTreeMap, fmt::Write as _};

use fisc::{
    accounts::{sources::Sources, tally::Tally},
    acquire,
    run::{self, Knowledge},
};

use crate::golden::read;

/// Each line is a topic: how many statements it has by kind, and a digest of label and value
/// of each. The truth of the originals is scored in `.ci/run`.
#[test]
fn every_statement_is_what_the_prose_says() {
    let mut text = String::new();
    for disclosure in read() {
        writeln!(text, "{}", disclosure.path).unwrap();
        let mut by_topic: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for statement in &disclosure.statements {
            let value = statement.value.normalize();
            let stated = format!("{} {} {value}", statement.kind, statement.label);
            by_topic.entry((statement.topic, statement.kind)).or_default().push(stated);
        }
        for ((topic, kind), stated) in by_topic {
            let digest = acquire::identity(stated.join("\n").as_bytes());
            let digest = digest.get(..8).unwrap_or(&digest);
            writeln!(text, "  {topic:20} {kind:14} {:3} {digest}", stated.len()).unwrap();
        }
    }
    insta::assert_snapshot!(text, @"
    2021-final-panzhihua-health-big-data-centre.txt
      total                amount           1 3892caf2
      total                change_amount    1 ff64bd41
      total                change_percent   1 af04bb6f
      income_total         amount           1 6ae29aac
      expenditure_total    amount           1 07c0d915
      basic                amount           2 fb6dac4e
      basic                share            1 c846dc55
      project              amount           1 81b6b40f
      project              share            1 0bd27a59
      personnel            amount           1 aa5184b5
      public               amount           1 80696bd6
      functional           amount           8 e1699f7b
      functional           share            8 c8cd4323
      economic             amount          36 f6ebadc9
      fund                 amount          13 6c329ae4
      fund                 change_amount    2 26ac7943
      fund                 share            9 abc73aee
      fund                 change_percent   2 465289f5
      abroad               amount           2 653c52c7
      abroad               share            2 c5e094f6
      abroad               count            2 3ee1802b
      reception            amount           6 c7ae0cbe
      reception            share            2 b0d98f74
      reception            count            4 2e098c5c
      vehicles             amount           2 d05a5511
      vehicles             change_amount    1 ae671331
      vehicles             share            2 161f0b1c
      vehicles             change_percent   1 03044c1a
      vehicle_purchase     amount           4 3053f662
      vehicle_purchase     count            4 d53eaa24
      vehicle_operation    amount           1 428cfb62
      three_public         amount           1 734ce5ba
      three_public         share            1 3e2d03aa
      operating_costs      amount           1 3a47f0d4
      procurement          amount           1 ebb7fcb1
      procurement_goods    amount           1 a838a4e4
      procurement_works    amount           1 bed64a25
      procurement_services amount           1 6dbe78fe
      assets_vehicles      count            9 0e4a4bb4
      assets_equipment     count            2 dec3c37d
      other                amount           8 29a371ee
      other                share            5 c44c7bad
      other                count            8 a79842bb
    2023-budget-zengdu-medical-insurance-information-centre.txt
      income_total         amount           2 b816366f
      income_total         change_amount    1 a9a45fce
      income_total         change_percent   1 9d1a14ec
      expenditure_total    amount           2 7c57a141
      expenditure_total    change_amount    3 47891e02
      expenditure_total    change_percent   2 78480088
      basic                amount           2 31d61ed3
      basic                change_amount    3 4479ef3a
      project              amount           3 188981c3
      project              change_amount    3 edd10d74
      functional           amount           7 2aaf3dbb
      economic             amount          22 1def8c80
      fund                 amount           5 49c369e5
      fund                 change_amount    1 dbd3593c
      abroad               amount           1 3ab7dc96
      reception            amount           1 3ea56b8c
      vehicle_purchase     amount           1 1306fb45
      vehicle_operation    amount           1 ba0baa62
      three_public         amount           1 46cc9882
      operating_costs      amount           1 e2d13222
      operating_costs      change_amount    1 d090f944
      operating_costs      change_percent   1 419d7e5b
      procurement          change_amount    1 136a6860
      staff                count            2 37164b19
      other                amount           6 2e2dd37f
      other                change_amount    1 b1e324ea
      other                share            1 f67ff42a
      other                change_percent   1 ee810780
    2024-budget-jilin-health-information-centre.txt
      total                amount           1 5d50048f
      income_total         amount           1 280f3169
      expenditure_total    amount           1 028fbcef
      current              amount           4 e9537a44
      current              change_amount    1 32577f5e
      current              share            1 835a3a31
      carryover            amount           5 d55060f3
      carryover            share            1 27665536
      basic                amount           3 0b493888
      basic                share            2 7c41477e
      project              amount           3 1cadc7a4
      project              share            2 475ede8c
      personnel            amount           2 e96ba1e8
      personnel            share            1 942ee249
      public               amount           2 9665a41d
      public               share            1 2161d97e
      functional           amount           6 60b54ef5
      functional           change_amount    3 52a3266f
      functional           share            3 2d8616ac
      fund                 amount           4 7c808144
      fund                 change_amount    1 4d436915
      fund                 share            2 19ca14eb
      abroad               amount           1 3ab7dc96
      reception            amount           1 4ad577e3
      reception            change_amount    1 6bb758a0
      vehicles             amount           1 e0c44fcd
      vehicle_purchase     amount           1 1306fb45
      vehicle_operation    amount           1 ba0baa62
      three_public         amount           1 d5996e33
      three_public         change_amount    1 9f618db9
      procurement          amount           1 62d08b77
      procurement_goods    amount           1 50df4c8d
      procurement_works    amount           1 a6cb1564
      procurement_services amount           1 6d1f78b8
      assets_vehicles      count            2 02a5fba8
      assets_land          count            2 02b9c200
      assets_buildings     count            2 3e0a365e
      assets_equipment     count            2 d0f36d8f
      projects_level1      count            1 dcc00983
      projects_level2      count            1 e94f1bb4
      projects_disclosed   amount           1 612ecbb9
      projects_disclosed   count            1 06c32890
      staff                count            2 871b4d22
      other                count            2 5766828b
    2024-budget-jilin-medical-insurance-department.txt
      total                amount           1 8acc5537
      income_total         amount           1 e84a4e63
      expenditure_total    amount           1 4781e03a
      current              amount           4 20994f60
      current              change_amount    1 35724ee4
      current              share            1 988a05c0
      carryover            amount           4 cb05ba1f
      carryover            share            1 fbf27755
      basic                amount           3 d2006994
      basic                share            2 182df8a0
      project              amount           3 dafd9b76
      project              share            2 4705de1c
      personnel            amount           2 c1d8e0f8
      personnel            share            1 4ad4fc55
      public               amount           2 df324bb5
      public               share            1 3f17e3df
      functional           amount           6 7825d59f
      functional           share            3 2c64ed73
      fund                 amount           4 9b4f8673
      fund                 share            2 19ca14eb
      abroad               amount           1 3ab7dc96
      abroad               change_amount    1 1bec56a9
      reception            amount           1 f49e9d9b
      reception            change_amount    1 c61f1c3e
      vehicles             amount           1 f91d3b23
      vehicles             change_amount    1 6ef9634b
      vehicle_purchase     amount           1 1306fb45
      vehicle_purchase     change_amount    1 139e26e6
      vehicle_operation    amount           1 53cf64bf
      vehicle_operation    change_amount    1 7c6e0ef8
      three_public         amount           1 dd7a0457
      three_public         change_amount    1 7be8eaf6
      operating_costs      amount           1 61466b7e
      operating_costs      change_amount    1 00abe368
      operating_costs      change_percent   1 bff431a8
      procurement          amount           1 32b3b9c5
      procurement_goods    amount           1 50df4c8d
      procurement_works    amount           1 a6cb1564
      procurement_services amount           1 6ab9245a
      assets_vehicles      count            2 e2c98c59
      assets_land          count            2 02b9c200
      assets_buildings     count            2 c2caf9f6
      assets_equipment     count            2 d818f66c
      projects_level1      count            1 ef527908
      projects_level2      count            1 f55ee267
      projects_disclosed   amount           1 710159ae
      projects_disclosed   count            1 2686e518
      other                count            3 0c60418d
    2026-budget-jilin-medical-insurance-service-centre.txt
      total                amount           1 400ca429
      income_total         amount           1 a51cbd20
      expenditure_total    amount           1 5be12555
      current              amount           4 b4ac75e0
      current              change_amount    1 6799fe33
      current              share            1 5d1a3a51
      carryover            amount           4 1a8ed356
      carryover            share            1 fe47b65c
      basic                amount           3 e125d47c
      basic                share            2 38a25ca7
      project              amount           3 98b94fa3
      project              share            2 6ebc050a
      personnel            amount           2 f5d44710
      personnel            share            1 6dcea497
      public               amount           2 3419ebcf
      public               share            1 f1690e8d
      functional           amount           8 81dfe908
      functional           share            4 8c9f2877
      fund                 amount          16 0c6646dc
      fund                 share           14 4f65bdbf
      procurement          amount           1 b0995c68
      procurement_services amount           1 c0c21f86
      assets_vehicles      count            2 02a5fba8
      assets_land          count            2 02b9c200
      assets_buildings     count            2 6d0580ea
      assets_equipment     count            2 04a469af
      projects_level1      count            1 24b21ae9
      projects_level2      count            1 a7d006d0
      projects_disclosed   amount           1 75f2987b
      projects_disclosed   count            1 84aaf706
      other                amount           3 2911464a
      other                share            3 f19118f8
      other                count            1 7cb07c3f
    ");
}

/// A number is counted once, whatever became of it.
#[test]
fn every_number_is_accounted_for() {
    let mut text = String::new();
    for disclosure in read() {
        let Tally { numbers, facts, named, told, unread } = disclosure.tally;
        assert_eq!(numbers, facts + named + told + unread, "{}", disclosure.path);
        writeln!(text, "{}", disclosure.path).unwrap();
        writeln!(
            text,
            "  {numbers} = {facts} facts + {named} names + {told} told + {unread} unread"
        )
        .unwrap();
        for gap in &disclosure.gaps {
            writeln!(text, "  line {:>3} {}: {}", gap.line, gap.kind.as_str(), gap.token).unwrap();
        }
    }
    insta::assert_snapshot!(text, @"
    2021-final-panzhihua-health-big-data-centre.txt
      279 = 201 facts + 73 names + 0 told + 5 unread
      line 134 not_yet_read: 457.38
      line 139 not_yet_read: 462.21
      line 142 not_yet_read: 457.38
      line 314 unknown_table: 412.63
      line 314 unknown_table: 722.88
    2023-budget-zengdu-medical-insurance-information-centre.txt
      1185 = 985 facts + 170 names + 0 told + 30 unread
      line 224 not_an_amount: (廿六)债务付息3
      line 372 not_yet_read: 5
      line 372 not_yet_read: 4
      line 374 not_yet_read: 54. 07
      line 374 not_yet_read: 76. 82
      line 374 not_yet_read: -22. 75
      line 375 not_yet_read: 56. 5
      line 375 not_yet_read: -56.5
      line 376 not_yet_read: 133. 32
      line 376 not_yet_read: -79. 25
      line 377 not_yet_read: 54. 07
      line 377 not_yet_read: 106. 32
      line 377 not_yet_read: -52. 25
      line 378 not_yet_read: 27
      line 378 not_yet_read: -27
      line 379 not_yet_read: 54. 07
      line 379 not_yet_read: 133. 32
      line 379 not_yet_read: -79. 25
    2024-budget-jilin-health-information-centre.txt
      473 = 371 facts + 100 names + 2 told + 0 unread
    2024-budget-jilin-medical-insurance-department.txt
      641 = 579 facts + 57 names + 5 told + 0 unread
    2026-budget-jilin-medical-insurance-service-centre.txt
      436 = 372 facts + 64 names + 0 told + 0 unread
    ");
}

#[test]
fn institutions_that_are_counted_are_named() {
    let text = "某市测试局2024年部门预算\n\n二、机构设置\n\n\
                本局内设3个机构，分别为办公室、财务科、业务科。下设 1 家预算单位，包括：测试中心。编制20名。\n";
    let knowledge = Knowledge::read(&Sources::built_in()).unwrap();
    let read = run::disclosure("a.txt", text.as_bytes(), &knowledge).unwrap();
    let named: Vec<_> = read
        .statements
        .iter()
        .map(|one| (one.topic.as_str(), one.value.to_string(), one.names.as_deref()))
        .collect();
    assert_eq!(
        named,
        [
            ("other", "3".to_owned(), Some("办公室、财务科、业务科")),
            ("other", "1".to_owned(), Some("测试中心")),
            ("staff", "20".to_owned(), None),
        ]
    );
}
