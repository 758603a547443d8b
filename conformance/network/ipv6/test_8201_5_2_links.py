"""RFC 8201, 5.2: path MTUs of a product with several links."""

from conformance.engine import Unready

from .bind import router
from .fragments import reply_in_pieces, too_big
from .path_mtu import LARGE, sized
from .provide import Station
from .station import demand


async def sizes(station: Station) -> list[int]:
    """The sizes of the packets that carry a large reply to a station's link-local address."""
    asked = sized(station, min(LARGE, station.product.mtu))
    await station.send(station.frame(asked, to=station.product.link_local, source=station.link_local))
    return [frame.size for frame in await reply_in_pieces(station, asked)]


@router("rfc8201:5.2-3")
async def test_each_link_has_path_mtus_of_its_own(tester: Station, far: Station) -> None:
    """What is told of a link-local address of one link does not count for the same address on another link."""
    twin = type(far)(far.case, far.segment, far.product, name="twin", mac=tester.mac)
    await twin.greet()
    if len(await sizes(twin)) != 1:
        raise Unready("the product fragments from the beginning")
    asked = sized(tester, LARGE)
    await tester.send(tester.frame(asked))
    about = (await reply_in_pieces(tester, asked))[0]
    await tester.send(too_big(tester, about))
    await tester.greet()
    found = await sizes(twin)
    demand(len(found) == 1, "one packet, as on the link nothing was told", found)
