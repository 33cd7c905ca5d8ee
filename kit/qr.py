"""An address as black and white squares."""

import qrcode


def squares(address: str) -> list[list[bool]]:
    """With the white border of four squares that the standard asks for; legible with an eighth of it dirty."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(address)
    code.make(fit=True)
    return code.get_matrix()
