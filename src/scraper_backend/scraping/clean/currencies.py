"""How currencies are written: ISO 4217 codes, symbols, names, and what a locale pays with.

Data only; `money` reads it.  A symbol that several currencies share names the most common one here;
`money` asks the page's currency and locale first.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from scraper_backend.scraping.clean.words import words

CODES: Final = words("""
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
    CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GGP GHS GIP GMD GNF
    GTQ GYD HKD HNL HRK HTG HUF IDR ILS IMP INR IQD IRR ISK JEP JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD
    KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
    NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP
    STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG
    XOF XPF YER ZAR ZMW ZWG ZWL ATS BEF CYP DEM EEK ESP FIM FRF GRD IEP ITL LTL LUF LVL MTL NLG PTE SIT SKK
    """)
"""Codes in use, and those that the euro replaced."""

WORDY_CODES: Final = words("ALL AMD ANG BOB CUP GEL KGS LAK MAD MOP MTL MUR NAD PAB PEN SIT SOS SSP TOP TRY")
"""Codes that are also words, of titles and beside prices (`799 € mtl.`, `5 kgs`): they count only when
nothing but the amount is there."""

WITHOUT_DECIMALS: Final = words(
    "BIF CLP COP DJF GNF HUF IDR IRR ISK JPY KMF KRW LAK LBP MGA MMK PYG RWF UGX UZS VND VUV XAF XOF XPF"
)
"""Currencies whose prices are whole in practice: a single group of three digits is thousands."""

WITH_THREE_DECIMALS: Final = words("BHD IQD JOD KWD LYD OMR TND")

DOLLARS: Final = words("""
    ARS AUD BBD BMD BND BSD BZD CAD CLP COP CVE DOP FJD GYD HKD JMD KYD LRD MXN NAD NIO NZD SBD SGD
    SRD TTD TWD USD UYU XCD""")
SHARED: Final[dict[str, frozenset[str]]] = {
    "$": DOLLARS,
    "£": words("GBP FKP GIP SHP GGP IMP JEP EGP LBP SSP SYP"),
    "¥": frozenset(("JPY", "CNY")),
    "元": frozenset(("CNY", "TWD", "HKD")),
    "kr": words("SEK NOK DKK ISK EEK"),
    "Rs": words("INR PKR LKR NPR MUR SCR"),
    "Fr": words("CHF XAF XOF XPF FRF BEF LUF RWF"),
    "lei": frozenset(("RON", "MDL")),
    "din": frozenset(("RSD", "MKD")),
    "L": frozenset(("RON", "HNL", "MDL")),
    "₩": frozenset(("KRW", "KPW")),
    "₱": frozenset(("PHP", "CUP")),
    "﷼": words("SAR IRR QAR OMR YER"),
    "лв": frozenset(("BGN", "KGS")),
    "B/.": frozenset(("PAB",)),
}
"""Symbols several currencies share; the first guess for each is in `SYMBOLS`."""

SYMBOLS: Final[dict[str, str]] = {
    # dollars by name
    "US$": "USD", "$US": "USD", "USD$": "USD", "U$S": "USD", "U$D": "USD", "A$": "AUD", "AU$": "AUD",
    "C$": "CAD", "CA$": "CAD", "CAN$": "CAD", "CDN$": "CAD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD",
    "SG$": "SGD", "NT$": "TWD", "R$": "BRL", "MX$": "MXN", "MEX$": "MXN", "AR$": "ARS", "CL$": "CLP",
    "CLP$": "CLP", "CO$": "COP", "COL$": "COP", "$U": "UYU", "UY$": "UYU", "J$": "JMD", "TT$": "TTD",
    "RD$": "DOP", "BZ$": "BZD", "BN$": "BND", "B$": "BND", "Bds$": "BBD", "FJ$": "FJD", "N$": "NAD",
    "EC$": "XCD", "WS$": "WST", "T$": "TOP", "MOP$": "MOP", "Z$": "ZWL", "CV$": "CVE", "CUC$": "CUP",
    "$": "USD", "＄": "USD", "﹩": "USD",
    # signs
    "€": "EUR", "£": "GBP", "￡": "GBP", "₤": "GBP", "¥": "JPY", "￥": "JPY", "円": "JPY", "元": "CNY",
    "人民币": "CNY", "CN¥": "CNY", "RMB": "CNY", "₽": "RUB", "₹": "INR", "₩": "KRW", "￦": "KRW",
    "원": "KRW", "₪": "ILS", "₺": "TRY", "₴": "UAH", "₸": "KZT", "₫": "VND", "đ": "VND", "Đ": "VND",
    "฿": "THB", "บาท": "THB", "₱": "PHP", "₦": "NGN", "₡": "CRC", "₲": "PYG", "₭": "LAK", "₮": "MNT",
    "₼": "AZN", "₾": "GEL", "֏": "AMD", "৳": "BDT", "៛": "KHR", "₵": "GHS", "GH₵": "GHS", "﷼": "SAR",
    "؋": "AFN", "₨": "PKR", "ƒ": "ANG", "SY£": "SYP", "LB£": "LBP", "E£": "EGP", "₿": "", "₠": "EUR",
    "टका": "INR", "र": "INR", "रु": "INR", "नेरू": "NPR", "₶": "", "₧": "ESP", "₣": "FRF", "₯": "GRD",
    # Europe
    "euro": "EUR", "euros": "EUR", "eur.": "EUR", "ευρώ": "EUR", "евро": "EUR", "zł": "PLN", "zl": "PLN",
    "złotych": "PLN", "zlotych": "PLN", "Kč": "CZK", "Kc": "CZK", "korun": "CZK", "Ft": "HUF",
    "forint": "HUF", "lei": "RON", "leu": "RON", "leí": "RON", "лв": "BGN", "лв.": "BGN", "лева": "BGN",
    "lv.": "BGN", "kn": "HRK", "din": "RSD", "din.": "RSD", "дин": "RSD", "дин.": "RSD",
    "dinara": "RSD", "динар": "RSD", "динара": "RSD", "KM": "BAM", "ден": "MKD", "ден.": "MKD",
    "den": "MKD", "ALL": "ALL", "lekë": "ALL", "Fr.": "CHF", "SFr.": "CHF", "SFr": "CHF", "sFr": "CHF",
    "Fr": "CHF", "kr": "SEK", "kr.": "SEK", "Dkr": "DKK", "Dkr.": "DKK", "Nkr": "NOK", "Skr": "SEK",
    "Ikr": "ISK", "kronor": "SEK", "kroner": "NOK", "krónur": "ISK", "руб": "RUB", "руб.": "RUB",
    "рублей": "RUB", "рубля": "RUB", "рубль": "RUB", "р": "RUB", "р.": "RUB", "rub.": "RUB",
    "грн": "UAH", "грн.": "UAH", "гривень": "UAH", "гривен": "UAH", "uah.": "UAH", "тг": "KZT",
    "тг.": "KZT", "тнг": "KZT", "тңг": "KZT", "тңг.": "KZT", "тенге": "KZT", "Br": "BYN", "Br.": "BYN",
    "сум": "UZS", "so'm": "UZS", "soʻm": "UZS", "сом": "KGS", "ман": "AZN",
    "ман.": "AZN", "man.": "AZN", "դր": "AMD", "դր.": "AMD", "TL": "TRY", "litų": "LTL", "Sk": "SKK",
    "Ls": "LVL", "pound": "GBP", "pounds": "GBP", "GBP£": "GBP", "Lm": "MTL", "Pts": "ESP", "Ptas": "ESP",
    "Pta": "ESP", "DM": "DEM", "öS": "ATS", "Δρχ.": "GRD",
    # elsewhere
    "R": "ZAR", "Rs": "INR", "Rs.": "INR", "INR.": "INR", "RM": "MYR", "Rp": "IDR", "Rp.": "IDR",
    "S/": "PEN", "S/.": "PEN", "Bs": "BOB", "Bs.": "BOB", "Bs.F.": "VES", "Q": "GTQ", "B/.": "PAB",
    "L.": "HNL", "L": "RON", "Gs": "PYG", "Gs.": "PYG", "KSh": "KES", "Ksh": "KES", "KShs": "KES",
    "Ksh.": "KES", "TSh": "TZS", "USh": "UGX", "Kz": "AOA", "MT": "MZN", "MTn": "MZN", "FCFA": "XAF",
    "CFA": "XOF", "CFP": "XPF", "Dhs": "AED", "Dhs.": "AED", "DH": "MAD", "Dh": "MAD",
    "dhs": "AED", "AED.": "AED", "SR": "SAR", "S.R": "SAR", "QR": "QAR", "KD": "KWD", "K.D.": "KWD",
    "BD": "BHD", "JD": "JOD", "DT": "TND", "DA": "DZD", "LE": "EGP", "L.E.": "EGP", "NIS": "ILS",
    'ש"ח': "ILS", "ש״ח": "ILS", "ש'ח": "ILS", "yen": "JPY", "yuan": "CNY", "won": "KRW", "baht": "THB",
    "Tk": "BDT", "Tk.": "BDT", "PKRs": "PKR", "NPRs": "NPR", "SLRs": "LKR", "MURs": "MUR", "Nu.": "BTN",
    "MRf": "MVR", "Rf": "MVR", "VT": "VUV", "NTD": "TWD", "vnđ": "VND", "VNĐ": "VND", "dollars": "USD",
    "dollar": "USD", "bucks": "USD", "美股": "USD", "Lek": "ALL", "FBu": "BIF", "Fdj": "DJF", "Nfk": "ERN",
    "LD": "LYD", "MK": "MWK", "UM": "MRU", "Db": "STN", "ЅM": "TJS", "ZK": "ZMW", "FG": "GNF", "SM": "TJS",
    # Arabic and Persian
    "د.إ": "AED", "درهم": "AED", "ر.س": "SAR", "ريال": "SAR", "ر.ق": "QAR", "د.ك": "KWD", "د.ب": "BHD",
    "ر.ع": "OMR", "د.أ": "JOD", "د.ا": "JOD", "ج.م": "EGP", "جنيه": "EGP", "جن": "EGP", "د.م": "MAD",
    "د.ت": "TND",
    "د.ج": "DZD", "د.ل": "LYD", "د.ع": "IQD", "ل.ل": "LBP", "ل.س": "SYP", "ر.ي": "YER", "ش.ص": "SOS",
    "تومان": "IRR", "ریال": "IRR", "دينار": "",
}  # fmt: skip
"""What is written → its code; an empty code is money of a kind that has none."""

REGIONS: Final[dict[str, str]] = {
    region: code
    for code, regions in {
        "EUR": "AD AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MC ME MT NL PT SI SK SM VA XK",
        "USD": "US EC PR SV PA", "GBP": "GB UK", "CAD": "CA", "AUD": "AU", "NZD": "NZ", "CHF": "CH LI",
        "SEK": "SE", "NOK": "NO", "DKK": "DK GL FO", "ISK": "IS", "PLN": "PL", "CZK": "CZ", "HUF": "HU",
        "RON": "RO", "RSD": "RS", "MKD": "MK", "BAM": "BA", "ALL": "AL", "MDL": "MD", "UAH": "UA",
        "RUB": "RU", "BYN": "BY", "KZT": "KZ", "TRY": "TR", "GEL": "GE", "AMD": "AM", "AZN": "AZ",
        "BRL": "BR", "MXN": "MX", "ARS": "AR", "CLP": "CL", "COP": "CO", "PEN": "PE", "UYU": "UY",
        "PYG": "PY", "BOB": "BO", "CRC": "CR", "GTQ": "GT", "HNL": "HN", "NIO": "NI", "DOP": "DO",
        "JMD": "JM", "TTD": "TT", "BBD": "BB", "JPY": "JP", "CNY": "CN", "KRW": "KR", "TWD": "TW",
        "HKD": "HK", "MOP": "MO", "SGD": "SG", "MYR": "MY", "IDR": "ID", "PHP": "PH", "THB": "TH",
        "VND": "VN", "INR": "IN", "PKR": "PK", "LKR": "LK", "NPR": "NP", "BDT": "BD", "ILS": "IL",
        "SAR": "SA", "AED": "AE", "QAR": "QA", "KWD": "KW", "BHD": "BH", "OMR": "OM", "JOD": "JO",
        "EGP": "EG", "MAD": "MA", "TND": "TN", "DZD": "DZ", "LBP": "LB", "IQD": "IQ", "IRR": "IR",
        "ZAR": "ZA", "NAD": "NA", "NGN": "NG", "KES": "KE", "GHS": "GH", "TZS": "TZ", "UGX": "UG",
    }.items()
    for region in regions.split()
}  # fmt: skip
"""What is paid in a country."""

LANGUAGES: Final[dict[str, str]] = {
    "sv": "SEK", "da": "DKK", "nb": "NOK", "nn": "NOK", "no": "NOK", "is": "ISK", "pl": "PLN", "cs": "CZK",
    "hu": "HUF", "ro": "RON", "uk": "UAH", "tr": "TRY", "ja": "JPY", "ko": "KRW", "th": "THB", "vi": "VND",
    "he": "ILS", "id": "IDR", "fi": "EUR", "el": "EUR", "et": "EUR", "lv": "EUR", "lt": "EUR", "sk": "EUR",
    "sl": "EUR", "nl": "EUR", "ca": "EUR", "hr": "EUR", "ru": "RUB", "sr": "RSD", "mk": "MKD", "kk": "KZT",
    "hi": "INR",
}  # fmt: skip
"""What is paid where a language is spoken, when that is one country or one currency."""


@lru_cache(maxsize=256)
def of_locale(locale: str | None) -> str | None:
    """The currency of `de-DE`, `sv_SE` or `pl`; None for `en`, `es` and others of many countries."""
    parts = re.split(r"[-_]", locale or "")
    region = next((part.upper() for part in parts[1:] if len(part) == 2), "")
    return REGIONS.get(region) or (LANGUAGES.get(parts[0].lower()) if not region else None)
