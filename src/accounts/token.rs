//! Defines the closed vocabularies of the data contract: one enum a column of tokens.
//!
//! The texts are an interface (`contract.md`): adding a token is fine, renaming one is a
//! breaking change.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares an enum whose variants are printed as fixed tokens.
macro_rules! tokens {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
        )]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every token, in the order of the contract.
            pub const ALL: &[$name] = &[$($name::$variant),+];

            /// Returns the token as it stands in the output.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            /// Reads a token back; nothing for any other text.
            pub fn parse(text: &str) -> Option<$name> {
                match text { $($text => Some($name::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

// After the macro, which it uses.
mod unit;

pub use unit::{Level, Matched, NameRole};

tokens! {
    /// Which of the statutory tables a figure stands in.
    TableKind {
        /// 收支总表
        Summary = "summary",
        /// 收入总表
        Income = "income",
        /// 支出总表
        Expenditure = "expenditure",
        /// 财政拨款收支总表
        Appropriation = "appropriation",
        /// 一般公共预算支出表（功能分类）
        GeneralExpenditure = "general_expenditure",
        /// 一般公共预算基本支出表（经济分类）
        GeneralBasic = "general_basic",
        /// 一般公共预算项目支出表
        GeneralProject = "general_project",
        /// “三公”经费
        ThreePublic = "three_public",
        /// 政府性基金预算
        GovernmentFund = "government_fund",
        /// 国有资本经营预算
        StateCapital = "state_capital",
        /// 项目支出表
        Projects = "projects",
        /// 委托业务费
        CommissionedServices = "commissioned_services",
        /// 政府采购
        Procurement = "procurement",
        /// 绩效目标与自评
        Performance = "performance",
        /// 财政专户管理资金支出表
        SpecialAccount = "special_account",
        /// 支出经济分类汇总表
        Economic = "economic",
        /// 机关运行经费表
        OperatingCosts = "operating_costs",
        /// 政府购买服务表
        PurchasedServices = "purchased_services",
        /// 专项资金、对下转移支付
        Transfers = "transfers",
        /// 财政拨款支出明细表（功能分类 × 经济分类）
        AppropriationDetail = "appropriation_detail",
    }
}

tokens! {
    /// Side of the ledger.
    Flow {
        /// 收入
        Income = "income",
        /// 支出
        Expenditure = "expenditure",
    }
}

tokens! {
    /// Where the money comes from.
    Fund {
        /// 全部
        All = "all",
        /// 财政拨款
        Fiscal = "fiscal",
        /// 一般公共预算
        General = "general",
        /// 政府性基金
        GovernmentFund = "government_fund",
        /// 国有资本经营
        StateCapital = "state_capital",
        /// 财政专户
        SpecialAccount = "special_account",
        /// 单位资金
        Unit = "unit",
        /// 事业收入
        Business = "business",
        /// 事业单位经营收入
        Operating = "operating",
        /// 上级补助
        Superior = "superior",
        /// 附属单位上缴
        Subsidiary = "subsidiary",
        /// 其他
        Other = "other",
        /// 用事业基金弥补收支差额
        BusinessFund = "business_fund",
    }
}

impl Fund {
    /// Returns the fund that this one is part of; nothing for [`Fund::All`].
    pub const fn whole(self) -> Option<Fund> {
        match self {
            Fund::All => None,
            Fund::Fiscal | Fund::SpecialAccount | Fund::Unit | Fund::BusinessFund => {
                Some(Fund::All)
            }
            Fund::General | Fund::GovernmentFund | Fund::StateCapital => Some(Fund::Fiscal),
            Fund::Business | Fund::Operating | Fund::Superior | Fund::Subsidiary | Fund::Other => {
                Some(Fund::Unit)
            }
        }
    }
}

tokens! {
    /// Whether the money is this year's.
    Period {
        /// 合计
        All = "all",
        /// 本年（当年）
        Current = "current",
        /// 上年结转（结余）
        Carryover = "carryover",
    }
}

impl Period {
    /// Returns the period that this one is part of; nothing for [`Period::All`].
    pub const fn whole(self) -> Option<Period> {
        match self {
            Period::All => None,
            Period::Current | Period::Carryover => Some(Period::All),
        }
    }
}

tokens! {
    /// What kind of spending it is.
    Nature {
        /// 全部
        All = "all",
        /// 基本支出
        Basic = "basic",
        /// 人员经费
        Personnel = "personnel",
        /// 公用经费
        Public = "public",
        /// 项目支出
        Project = "project",
        /// 经营支出
        Operating = "operating",
        /// 上缴上级支出
        RemitSuperior = "remit_superior",
        /// 对附属单位补助支出
        SubsidiseSubsidiary = "subsidise_subsidiary",
    }
}

impl Nature {
    /// Returns the nature that this one is part of; nothing for [`Nature::All`].
    pub const fn whole(self) -> Option<Nature> {
        match self {
            Nature::All => None,
            Nature::Personnel | Nature::Public => Some(Nature::Basic),
            Nature::Basic
            | Nature::Project
            | Nature::Operating
            | Nature::RemitSuperior
            | Nature::SubsidiseSubsidiary => Some(Nature::All),
        }
    }
}

tokens! {
    /// Which act of the budget year a figure belongs to.
    Stage {
        /// 预算
        Budget = "budget",
        /// 调整（全年）预算
        AdjustedBudget = "adjusted_budget",
        /// 决算（执行数）
        Final = "final",
    }
}

tokens! {
    /// A line of the “三公” table.
    Item {
        /// 合计
        Total = "total",
        /// 因公出国（境）
        Abroad = "abroad",
        /// 公务接待
        Reception = "reception",
        /// 公务用车购置及运行
        Vehicles = "vehicles",
        /// 公务用车购置
        VehiclePurchase = "vehicle_purchase",
        /// 公务用车运行维护
        VehicleOperation = "vehicle_operation",
        /// 机关运行经费, where the table adds it
        OperatingCosts = "operating_costs",
        /// 会议费, where the table adds it
        Meetings = "meetings",
        /// 培训费, where the table adds it
        Training = "training",
    }
}

impl Item {
    /// Returns the item that this one is part of (BI-25, BI-26); nothing for the total and
    /// for what only stands beside it (BI-27).
    pub const fn whole(self) -> Option<Item> {
        match self {
            Item::Total | Item::OperatingCosts | Item::Meetings | Item::Training => None,
            Item::Abroad | Item::Reception | Item::Vehicles => Some(Item::Total),
            Item::VehiclePurchase | Item::VehicleOperation => Some(Item::Vehicles),
        }
    }
}

tokens! {
    /// Where in the document a figure was printed.
    Source {
        /// A statutory table.
        Table = "table",
        /// The prose.
        Text = "text",
        /// The data of a chart.
        Chart = "chart",
    }
}

tokens! {
    /// The part a row plays in its table.
    RowRole {
        /// A row that no other row of the table is part of.
        Leaf = "leaf",
        /// A row that others are part of.
        Subtotal = "subtotal",
        /// 合计, 总计, 本年收入合计 …
        Total = "total",
        /// A row or a cell that repeats money counted elsewhere (其中).
        Memo = "memo",
    }
}

tokens! {
    /// What was mended to read a figure.
    Repair {
        /// The figure was printed under another column; the identities leave only this one.
        Moved = "moved",
        /// One cell held a figure and something else.
        SplitCell = "split_cell",
        /// Two cells hold one figure.
        JoinedCells = "joined_cells",
        /// A digit or mark of a neighbouring cell was left out.
        StrayCharacter = "stray_character",
        /// Blanks stood inside the figure where no reader expects them.
        SplitNumber = "split_number",
    }
}

tokens! {
    /// Who publishes: a department with its units, or a unit alone.
    Scope {
        /// 部门
        Department = "department",
        /// 单位
        Unit = "unit",
    }
}

tokens! {
    /// What a sentence of the prose speaks of.
    Topic {
        /// 收支总预算, 收支总计
        Total = "total",
        /// 收入总计, 收入预算, 本年收入合计
        IncomeTotal = "income_total",
        /// 支出总计, 支出预算, 本年支出合计
        ExpenditureTotal = "expenditure_total",
        /// 本年收入, 当年预算
        Current = "current",
        /// 上年结转（结余）
        Carryover = "carryover",
        /// 基本支出
        Basic = "basic",
        /// 项目支出
        Project = "project",
        /// 人员经费
        Personnel = "personnel",
        /// 公用经费
        Public = "public",
        /// An item of the functional classification
        Functional = "functional",
        /// An item of the economic classification
        Economic = "economic",
        /// A source of money, or the spending from it
        Fund = "fund",
        /// 因公出国（境）
        Abroad = "abroad",
        /// 公务接待
        Reception = "reception",
        /// 公务用车购置及运行
        Vehicles = "vehicles",
        /// 公务用车购置
        VehiclePurchase = "vehicle_purchase",
        /// 公务用车运行维护
        VehicleOperation = "vehicle_operation",
        /// “三公”经费
        ThreePublic = "three_public",
        /// 机关运行经费
        OperatingCosts = "operating_costs",
        /// 政府采购
        Procurement = "procurement",
        /// 政府采购货物
        ProcurementGoods = "procurement_goods",
        /// 政府采购工程
        ProcurementWorks = "procurement_works",
        /// 政府采购服务
        ProcurementServices = "procurement_services",
        /// 车辆
        AssetsVehicles = "assets_vehicles",
        /// 土地
        AssetsLand = "assets_land",
        /// 房屋
        AssetsBuildings = "assets_buildings",
        /// 设备
        AssetsEquipment = "assets_equipment",
        /// 一级项目
        ProjectsLevel1 = "projects_level1",
        /// 二级项目
        ProjectsLevel2 = "projects_level2",
        /// Projects whose targets are published, and their money
        ProjectsDisclosed = "projects_disclosed",
        /// 编制, 实有, 在职, 离退休
        Staff = "staff",
        /// Anything else that is stated with a figure
        Other = "other",
    }
}

tokens! {
    /// What kind of number a sentence states.
    StatementKind {
        /// An amount of money
        Amount = "amount",
        /// The change of an amount of money
        ChangeAmount = "change_amount",
        /// A share, in per cent
        Share = "share",
        /// A change, in per cent
        ChangePercent = "change_percent",
        /// A count of things or persons
        Count = "count",
    }
}

tokens! {
    /// How a performance value is to be compared with its target.
    Comparator {
        /// ≥
        AtLeast = ">=",
        /// ≤
        AtMost = "<=",
        /// =
        Equal = "=",
        /// >
        More = ">",
        /// <
        Less = "<",
    }
}

tokens! {
    /// What became of an identity.
    Outcome {
        /// It adds up to the last printed place
        Exact = "exact",
        /// It is off by no more than the rounding of the printed figures
        Rounding = "rounding",
        /// It is off by more
        Fails = "fails",
        /// It could not be checked
        Unchecked = "unchecked",
    }
}

tokens! {
    /// Why an identity was not checked.
    Unchecked {
        /// A figure that it needs was not read
        UnreadFigure = "unread_figure",
        /// A table that it needs is not in the document, or prints no figure
        NoSuchTable = "no_such_table",
        /// A document that it needs was not read
        NoSuchDocument = "no_such_document",
        /// A row or a column that it needs is not in the table
        NoSuchFigure = "no_such_figure",
        /// It is not owed here: other money, another kind of unit
        NotApplicable = "not_applicable",
        /// Several figures could be meant
        Ambiguous = "ambiguous",
        /// The table has more rows than any budget
        TooLarge = "too_large",
        /// The parts of the sum are not all printed
        Incomplete = "incomplete",
    }
}

tokens! {
    /// How bad a finding is, the least first.
    Severity {
        /// Within half a unit in the last printed place of each figure
        Rounding = "rounding",
        /// Hygiene, wording, moved columns
        Notice = "notice",
        /// Beyond rounding
        Error = "error",
    }
}

tokens! {
    /// What kind of slip a suggestion would mend.
    ChangeKind {
        /// One digit is another
        Digit = "digit",
        /// Two neighbouring digits changed places
        Transposition = "transposition",
        /// A power of ten: a wrong unit or a lost point
        Factor = "factor",
        /// The sign
        Sign = "sign",
        /// A figure is missing
        Missing = "missing",
        /// A figure stands where none belongs
        Surplus = "surplus",
        /// The figures of a row stand in another row
        RowShift = "row_shift",
        /// A figure stands in another column
        ColumnShift = "column_shift",
        /// The figures of a row are those of another year or draft
        StaleRow = "stale_row",
        /// Any other figure
        Other = "other",
    }
}
