"""Everything that can go wrong, as one tree.

CoupletError
├── SettingsError            MissingSetting · BadSetting · MappingsWrong · SignInOff · SecretUnresolved
├── ServiceError             a remote service (or its sign-in) did not do what was asked
│   ├── ServiceUnusable      the whole service, not one record: Unreachable · TimedOut · SignInRefused · AccessKeyRefused ·
│   │                        AppNotAdmitted · CompanyNotFound · EnvironmentNotFound · Throttled · Unavailable
│   ├── FieldError           one field of one record: TooLong · UnknownReference · RequiredMissing · InvalidValue · ReadOnlyField ·
│   │                        UnknownField
│   ├── AccessDenied · AdministrationMode · MayNotCustomise · AnotherConnector · AnotherCouplet · NotFound · Stale · AlreadyExists ·
│   │   Refused · StillUsed · NotOnThisProfile · ColumnsMissing · LinkRefused · DeltaExpired · TrackingOff · NoWebhooks ·
│   │   HandshakeFailed · TooManySubscriptions · UnexpectedAnswer
│   └── of set-up: OrdersOff · NotArchived · PrivilegesMissing · PermissionsMissing · NoAppUser · TooOld · Unlicensed · OtherSolutions ·
│       WebhooksFailing · TeamLacking
├── StoreError               StoreUnreachable · StoreRefused · StoreTooBig · Conflict · Lost · NewerFormat · ForeignState
├── Silent · ClockOff        nobody looked at some mappings for three schedules; clocks differ
├── NotLookedAt              nobody knows whether a requirement is met
├── AppRefused · AppUnreachable   the running app, asked by a command
├── RequestRefused           what a person asked for cannot be done with these records: NoSuchRecord · NoSuchName · NotCoupled ·
│                            CoupledElsewhere · OutsideFilter · NeverMade · PartnerExists · OnHold · SwitchedOff · InWork · InTheWay ·
│                            NothingToStart · ParentUnfinished · CountDiffers · NoSuchProblem · BadChoice · ChangedMeanwhile ·
│                            ChoiceNotTaken · ChoiceInUse · StillThere · NotInThisMode · DryRunFirst · Unconverted · NoStock · NoPage ·
│                            CoupledOtherwise · PartOfDocument · NewerLines · NotSignedIn · RoleMissing ·
│                            AnotherSite
└── RecordProblem            the engine will not go on with one record, or one field of it, by itself
        AmbiguousMatch · AlreadyCoupled · UnclearClaim · ConflictingEdits · TextWouldBeLost · PingPong · TypeChanged · CreateOnly ·
        WaitingForParent · NoOwner · NoCompanyContact · NoContact · NoSalesperson · UnknownCountry · UnitGroupBroken ·
        UnitGroupInactive · UnitGroupShared · UnitGroupFixed · BaseUnitDiffers · NoBaseUnit · NoExchangeRate · NoLocalCurrency ·
        NoPriceList · CounterpartDeleted · MassChange · ListTooShort · MarkedElsewhere · MergedElsewhere · WorkFailed · UnknownTemplate ·
        NoTemplate · UnknownUnit · OtherCurrency · SecondPrice · ExtensionFailed · NoOwnerTeam
        of documents: NoCustomer · CustomerBlocked · CanceledInSales · HandedOverBefore · BadQuantity · OtherUnit · ProductNotActive ·
        ProductType · NoWriteInProduct · NoFreightAccount · NoVatRate · TotalsDiffer · CustomerChanged · LinesIncomplete ·
        WonWithoutOrder · QuoteOrdered

A class per error. Its docstring is the default message, its code the name in snake_case, `remedy` what the person does, `transient`
whether waiting alone can help, `settled_by_edit` whether nothing can but an edit of the record, or the record that it waits for.
Remedies stand here and nowhere else. `str()` never holds a value of a record: it goes to the log; values that a person needs to see
travel in `detail` and `service_message`, which only problems show.
"""

from __future__ import annotations

from sync.errors import access, documents
from sync.errors.base import BadSetting, CoupletError, MappingsWrong, MissingSetting, SettingsError
from sync.errors.catalogue import by_code, catalogue
from sync.errors.fields import FieldError, InvalidValue, ReadOnlyField, RequiredMissing, TooLong, UnknownField, UnknownReference
from sync.errors.problems import (
    AlreadyCoupled,
    AmbiguousMatch,
    BaseUnitDiffers,
    ConflictingEdits,
    CounterpartDeleted,
    CreateOnly,
    ExtensionFailed,
    ListTooShort,
    MarkedElsewhere,
    MassChange,
    MergedElsewhere,
    NoBaseUnit,
    NoCompanyContact,
    NoContact,
    NoExchangeRate,
    NoLocalCurrency,
    NoOwner,
    NoOwnerTeam,
    NoPriceList,
    NoSalesperson,
    NoTemplate,
    OtherCurrency,
    PingPong,
    RecordProblem,
    SecondPrice,
    TextWouldBeLost,
    TypeChanged,
    UnclearClaim,
    UnitGroupBroken,
    UnitGroupFixed,
    UnitGroupInactive,
    UnitGroupShared,
    UnknownCountry,
    UnknownTemplate,
    UnknownUnit,
    WaitingForParent,
    WorkFailed,
)
from sync.errors.requests import (
    BadChoice,
    ChangedMeanwhile,
    ChoiceInUse,
    ChoiceNotTaken,
    CountDiffers,
    CoupledElsewhere,
    CoupledOtherwise,
    DryRunFirst,
    InTheWay,
    InWork,
    NeverMade,
    NewerLines,
    NoPage,
    NoStock,
    NoSuchName,
    NoSuchProblem,
    NoSuchRecord,
    NotCoupled,
    NothingToStart,
    NotInThisMode,
    OnHold,
    OutsideFilter,
    ParentUnfinished,
    PartnerExists,
    PartOfDocument,
    RequestRefused,
    StillThere,
    SwitchedOff,
    Unconverted,
)
from sync.errors.services import (
    AccessDenied,
    AccessKeyRefused,
    AlreadyExists,
    AnotherConnector,
    AnotherCouplet,
    AppNotAdmitted,
    ColumnsMissing,
    CompanyNotFound,
    DeltaExpired,
    EnvironmentNotFound,
    HandshakeFailed,
    LinkRefused,
    MayNotCustomise,
    NotFound,
    NotOnThisProfile,
    NoWebhooks,
    Refused,
    ServiceError,
    ServiceUnusable,
    SignInRefused,
    Stale,
    StillUsed,
    Throttled,
    TimedOut,
    TooManySubscriptions,
    TrackingOff,
    Unavailable,
    UnexpectedAnswer,
    Unreachable,
)
from sync.errors.setup import NotArchived
from sync.errors.state import (
    ClockOff,
    Conflict,
    ForeignState,
    Lost,
    NewerFormat,
    Silent,
    StoreError,
    StoreTooBig,
    StoreUnreachable,
)

__all__ = [
    "AccessDenied",
    "AccessKeyRefused",
    "AlreadyCoupled",
    "AlreadyExists",
    "AmbiguousMatch",
    "AnotherConnector",
    "AnotherCouplet",
    "AppNotAdmitted",
    "BadChoice",
    "BadSetting",
    "BaseUnitDiffers",
    "ChangedMeanwhile",
    "ChoiceInUse",
    "ChoiceNotTaken",
    "ClockOff",
    "ColumnsMissing",
    "CompanyNotFound",
    "Conflict",
    "ConflictingEdits",
    "CountDiffers",
    "CounterpartDeleted",
    "CoupledElsewhere",
    "CoupledOtherwise",
    "CoupletError",
    "CreateOnly",
    "DeltaExpired",
    "DryRunFirst",
    "EnvironmentNotFound",
    "ExtensionFailed",
    "FieldError",
    "ForeignState",
    "HandshakeFailed",
    "InTheWay",
    "InWork",
    "InvalidValue",
    "LinkRefused",
    "ListTooShort",
    "Lost",
    "MappingsWrong",
    "MarkedElsewhere",
    "MassChange",
    "MayNotCustomise",
    "MergedElsewhere",
    "MissingSetting",
    "NeverMade",
    "NewerFormat",
    "NewerLines",
    "NoBaseUnit",
    "NoCompanyContact",
    "NoContact",
    "NoExchangeRate",
    "NoLocalCurrency",
    "NoOwner",
    "NoOwnerTeam",
    "NoPage",
    "NoPriceList",
    "NoSalesperson",
    "NoStock",
    "NoSuchName",
    "NoSuchProblem",
    "NoSuchRecord",
    "NoTemplate",
    "NoWebhooks",
    "NotArchived",
    "NotCoupled",
    "NotFound",
    "NotInThisMode",
    "NotOnThisProfile",
    "NothingToStart",
    "OnHold",
    "OtherCurrency",
    "OutsideFilter",
    "ParentUnfinished",
    "PartOfDocument",
    "PartnerExists",
    "PingPong",
    "ReadOnlyField",
    "RecordProblem",
    "Refused",
    "RequestRefused",
    "RequiredMissing",
    "SecondPrice",
    "ServiceError",
    "ServiceUnusable",
    "SettingsError",
    "SignInRefused",
    "Silent",
    "Stale",
    "StillThere",
    "StillUsed",
    "StoreError",
    "StoreTooBig",
    "StoreUnreachable",
    "SwitchedOff",
    "TextWouldBeLost",
    "Throttled",
    "TimedOut",
    "TooLong",
    "TooManySubscriptions",
    "TrackingOff",
    "TypeChanged",
    "Unavailable",
    "UnclearClaim",
    "Unconverted",
    "UnexpectedAnswer",
    "UnitGroupBroken",
    "UnitGroupFixed",
    "UnitGroupInactive",
    "UnitGroupShared",
    "UnknownCountry",
    "UnknownField",
    "UnknownReference",
    "UnknownTemplate",
    "UnknownUnit",
    "Unreachable",
    "WaitingForParent",
    "WorkFailed",
    "access",
    "by_code",
    "catalogue",
    "documents",
]
