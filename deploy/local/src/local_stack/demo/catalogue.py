"""What the demo's shops sell. Prices in đồng with VAT; rates stand in the shop files, by SKU and product type."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Product:
    """One variant as Haravan knows it."""

    sku: str
    title: str
    price: Decimal
    type: str
    variant: str = "Default Title"

    @property
    def name(self) -> str:
        """Title and variant, as Haravan joins them."""
        return f"{self.title} - {self.variant}"


def _product(sku: str, title: str, price: int, kind: str, variant: str = "Default Title") -> Product:
    return Product(sku=sku, title=title, price=Decimal(price), type=kind, variant=variant)


FASHION = (
    _product("AO-TH-TRANG-M", "Áo thun cotton basic", 199_000, "Áo", "Trắng / M"),
    _product("AO-TH-DEN-L", "Áo thun cotton basic", 199_000, "Áo", "Đen / L"),
    _product("AO-SM-XANH-S", "Áo sơ mi linen tay dài", 459_000, "Áo", "Xanh nhạt / S"),
    _product("AO-KHOAC-BE-M", "Áo khoác dù chống nước", 689_000, "Áo khoác", "Be / M"),
    _product("QUAN-JEAN-30", "Quần jeans ống suông", 549_000, "Quần", "30"),
    _product("QUAN-SHORT-M", "Quần short kaki", 279_000, "Quần", "Rêu / M"),
    _product("VAY-HOA-S", "Váy hoa nhí cổ vuông", 389_000, "Váy", "Hồng đất / S"),
    _product("TUI-TOTE-01", 'Túi tote canvas "Sài Gòn & Hà Nội"', 159_000, "Phụ kiện"),
    _product("TAT-CO-CAO", "Tất cổ cao (set 3 đôi)", 89_500, "Phụ kiện"),
    _product("TAI-NGHE-BT", "Tai nghe bluetooth mini", 329_000, "Điện tử"),
    _product("SACH-MAU-01", "Sách dạy phối màu trang phục", 120_000, "Sách"),
)
COSMETICS = (
    _product("SON-LI-A05", "Son lì mịn môi", 245_000, "Trang điểm", "A05 Đỏ đất"),
    _product("KEM-CN-50", "Kem chống nắng SPF50+ PA++++", 329_000, "Chăm sóc da", "50 ml"),
    _product("SRM-GEL-150", "Gel rửa mặt trà xanh", 189_000, "Chăm sóc da", "150 ml"),
    _product("SERUM-VC-30", "Serum vitamin C 15 %", 415_000, "Chăm sóc da", "30 ml"),
    _product("MAT-NA-10", "Mặt nạ giấy dưỡng ẩm (hộp 10)", 155_000, "Chăm sóc da"),
    _product("NH-EDP-50", "Nước hoa Eau de Parfum", 1_290_000, "Nước hoa", "50 ml"),
    _product("NH-MINI-10", "Nước hoa mini", 350_000, "Nước hoa", "10 ml"),
    _product("KT-Y-TE-50", "Khẩu trang y tế 4 lớp (hộp 50)", 65_000, "Thiết bị y tế"),
    _product("BONG-TT-120", "Bông tẩy trang (120 miếng)", 39_900, "Phụ kiện"),
)
FOOD = (
    _product("CF-RX-500", "Cà phê rang xay Robusta Đắk Lắk", 145_000, "Cà phê", "500 g"),
    _product("CF-ARA-250", "Cà phê hạt Arabica Cầu Đất", 168_000, "Cà phê", "250 g"),
    _product("TRA-SEN-100", "Trà ướp sen Tây Hồ", 390_000, "Trà", "100 g"),
    _product("MAT-ONG-700", "Mật ong hoa cà phê", 175_000, "Nông sản", "700 ml"),
    _product("GAO-ST25-5", "Gạo ST25", 215_000, "Nông sản", "túi 5 kg"),
    _product("HAT-DIEU-500", "Hạt điều rang muối", 189_000, "Hạt", "500 g"),
    _product("VANG-DL-750", "Rượu vang Đà Lạt", 235_000, "Rượu", "750 ml"),
    _product("SACH-NAU-AN", "Sách nấu ăn miền Trung", 98_000, "Sách"),
)
BY_WEIGHT = _product("PHO-MAI-KG", "Phô mai dê (cân theo kg)", 520_000, "Nông sản", "kg")
"""Sold by weight: its quantity has decimals."""
