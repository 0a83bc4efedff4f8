"""The sentences of readers and use cases by their form; `%(…)s` stands for what they name."""

from __future__ import annotations

from flask_babel import lazy_gettext

OPTIONS = {
    "--crs": lazy_gettext("“Coordinate system”"),
    "--code-field": lazy_gettext("“Column with the codes”"),
    "--name-field": lazy_gettext("“Column with the names”"),
    "--parent-field": lazy_gettext("“Column with the code of the kecamatan”"),
    "--parent-name-field": lazy_gettext("“Column with the name of the kecamatan”"),
    "--admin-level": lazy_gettext("“Level of an OpenStreetMap extract”"),
    "--merge-duplicates": lazy_gettext("“Several shapes with the same code”"),
    "--leave-out-refused": lazy_gettext("“Leave out areas that cannot be repaired”"),
    "--table": lazy_gettext("“Table”"),
    "--authority-field": lazy_gettext("“Column with who keeps the road”"),
    "--authority": lazy_gettext("“Who keeps roads that don't say so”"),
    "--other-codes": lazy_gettext("“Most codes are others, and that is right”"),
}
"""What the form calls the options of the command."""


def _(msgid: str) -> str:
    """Mark a text for the catalogues; it is looked up when it is said."""
    return msgid


SENTENCES = (
    _("degrees, as GeoJSON without a crs member is WGS 84 (RFC 7946)"),
    _("given by the caller"),
    _("declared by the file"),
    _("as degrees they meet the city"),
    _("as stored"),
    _("nothing is drawn in it"),
    _(
        "%(how)s; only with the axes swapped (latitude or northing first) do the areas meet "
        "the city"
    ),
    _(
        "degrees, but only with the axes swapped (latitude or northing first) do the areas "
        "meet the city"
    ),
    _("the file declares %(crs)s, but so its areas would lie off the earth; %(then)s"),
    _(
        "the file declares %(crs)s, but so its areas would lie around longitude %(lon)s, "
        "latitude %(lat)s; %(then)s"
    ),
    _("read as %(code)s (%(name)s), %(share)s of the vertices lie in the city's envelope"),
    _(
        "read as %(code)s (%(name)s), %(share)s of the vertices lie in the city's envelope, "
        "with northing first"
    ),
    _("x runs from %(west)s to %(east)s, y from %(south)s to %(north)s"),
    _(
        "The areas lie elsewhere than the city: %(found)s; expected: longitude %(west)s to "
        "%(east)s, latitude %(south)s to %(north)s."
    ),
    _("Check that the file is this city's; if it isn't in degrees, give --crs."),
    _(
        "Read as %(crs)s, the areas lie around longitude %(lon)s, latitude %(lat)s; "
        "expected: longitude %(west)s to %(east)s, latitude %(south)s to %(north)s."
    ),
    _("Check --crs, and that the file is this city's."),
    _("The coordinates look like feet: %(found)s; read as feet of %(name)s they meet the city."),
    _("Say which foot with --crs: the EPSG code of the CRS in feet, such as EPSG:2249."),
    _("The CRS can't be guessed: %(found)s; neither degrees nor %(tried)s puts them in the city."),
    _("Give the CRS with --crs, for instance --crs EPSG:32748."),
    _("The CRS %(name)s isn't known."),
    _("Give --crs an EPSG code, for instance --crs EPSG:32748."),
    _("Read as %(crs)s, some positions aren't on earth."),
    _("The file mixes CRSs or has broken positions; repair it, or give --crs."),
    _('The "crs" member of %(name)s can\'t be understood: %(what)s.'),
    _("Remove it and give --crs, for instance --crs EPSG:32748."),
    _("schema %(schema)s, format %(format)s"),
    _("no attribute holds a name; the code stands for it"),
    _("no attribute holds a code; the name stands for it"),
    _("%(n)s areas could not be simplified together with their neighbours"),
    _("%(n)s service areas cover the city or whole kelurahan, undrawn"),
    _("drawn on the map or named by area"),
    _(
        "%(first)s and %(second)s have equal rank (priority %(n)s) in the whole city: "
        "%(first)s acts, by its code alone"
    ),
    _(
        "%(first)s and %(second)s have equal rank (priority %(n)s) on %(ground)s m²: "
        "%(first)s acts, by its code alone"
    ),
    _("%(file)s: %(n)s values of service areas that do not fit the city: %(which)s"),
    _("Load the catalogue and the kelurahan first, or correct the file's attributes."),
    _("named as %(ending)s, but its content is %(format)s"),
    _("open ring closed"),
    _("ring with fewer than three corners dropped"),
    _("points and lines beside the polygons dropped"),
    _("Self-intersection[%(at)s]"),
    _("Ring Self-intersection[%(at)s]"),
    _("%(why)s; nothing is left when repaired"),
    _("%(why)s; repairing changes its area by %(change)s m² (%(share)s), more than %(most)s"),
    _("no geometry, or none with an area"),
    _("%(name)s is empty."),
    _("Give a file with areas in it."),
    _("Give a file with areas in it, or download it again."),
    _("Give a file with areas in it; an export filter may have let nothing through."),
    _("%(name)s is a FeatureCollection without features."),
    _("%(name)s is a %(kind)s without features."),
    _("%(name)s is larger than %(most)s MB."),
    _("The file has more than %(most)s MB."),
    _("Cut it to the city, or simplify it: ogr2ogr -spat … -simplify …"),
    _("Cut it to the city: ogr2ogr -spat …"),
    _("Cut it to the city; or have whoever runs this server raise GEOAPP_IMPORT_MAX_MB."),
    _("%(name)s has some %(n)s positions and objects; at most %(most)s are read."),
    _("%(name)s has some %(n)s vertices; at most %(most)s are read."),
    _("%(name)s has more than %(most)s positions."),
    _("%(name)s has more than %(most)s features."),
    _("%(name)s isn't UTF-8 text: byte %(byte)s at %(at)s."),
    _("GeoJSON and SQL must be UTF-8. %(convert)s"),
    _("Convert it: %(how)s"),
    _("%(name)s is neither JSON nor wilayah_boundaries SQL: %(what)s; it begins with %(start)s."),
    _("Give a GeoJSON FeatureCollection. %(convert)s"),
    _("Give a GeoJSON FeatureCollection."),
    _("%(name)s is JSON, but a %(kind)s and not a FeatureCollection."),
    _("%(name)s is %(what)s, which isn't read."),
    _("%(name)s is nested too deeply to be GeoJSON."),
    _("%(name)s isn't well-formed XML: %(what)s."),
    _("%(name)s declares a document type or entities, which KML has no use for (%(what)s)."),
    _("Remove the <!DOCTYPE …> and save the file again."),
    _("%(name)s is KML without a Placemark."),
    _("%(name)s is cut short: %(n)s of %(whole)s bytes."),
    _("Export or download it again."),
    _("%(name)s can't be read as %(kind)s: %(what)s"),
    _("It is cut short or broken: export or download it again."),
    _("%(name)s can't be read: %(what)s."),
    _("%(name)s holds %(n)s tables: %(tables)s."),
    _("Choose one with --table."),
    _("Choose one of them with --table."),
    _("%(name)s has no table with geometries."),
    _("The zip archive %(name)s is broken: %(what)s."),
    _("Zip the files anew, or download it again."),
    _("%(name)s holds %(member)s, %(fault)s."),
    _("Zip the files anew, without folders and links."),
    _(
        "%(name)s has %(size)s MB and unpacks to more than %(most)s MB: a zip bomb, or far "
        "more than one city."
    ),
    _("%(name)s holds more than %(most)s files."),
    _("%(name)s is a zip archive without a .shp or .kml in it; it holds %(what)s."),
    _("%(name)s has %(shape)s without its .dbf, which holds codes and names."),
    _("Zip its .shp, .shx, .dbf and .prj together."),
    _("Reading %(name)s took more than %(most)s s and was stopped."),
    _("Reading %(name)s takes more than %(most)s MB of memory and was stopped."),
    _("Export the file anew as GeoJSON."),
    _("No feature has an attribute %(wanted)s; there are: %(known)s."),
    _("Give %(option)s the name of an attribute of the file."),
    _("Feature %(number)s has no value in %(column)s."),
    _("Fill it in, or choose another attribute with --code-field."),
    _("%(n)s of %(all)s features have no value in %(column)s, the first is feature %(first)s."),
    _("Fill it in, or choose another attribute with --code-field; there are: %(known)s."),
    _("No attribute is known to hold a code; there are: %(known)s."),
    _("Name the one that identifies an area with --code-field (and --name-field)."),
    _("%(n)s codes occur more than once: %(codes)s."),
    _(
        "If they are parts of one area, merge them with --merge-duplicates; otherwise choose "
        "another attribute with --code-field."
    ),
    _("No area of %(city)s is in the file; its codes begin with %(codes)s."),
    _("Give the file of this city, or choose the other city with --city."),
    _("The file holds several admin_level: %(levels)s."),
    _("Choose one with --admin-level; for kelurahan it is 7 or 9 in Indonesia."),
    _("No feature has admin_level %(level)s; there are: %(levels)s."),
    _("Choose one of them with --admin-level."),
    _("No feature of the file has a geometry with an area."),
    _("Export the layer of areas with its geometry."),
    _("%(who)s is %(what)s; areas must be polygons."),
    _("Export the layer of areas, not that of their labels, offices or outlines."),
    _("%(who)s has a geometry of type %(what)s, which isn't known."),
    _("%(who)s has coordinates that aren't a list."),
    _("%(who)s has something other than numbers among its coordinates."),
    _("A ring is a list of [longitude, latitude] positions."),
    _("%(who)s has the position %(at)s."),
    _("Coordinates must be finite numbers; repair the file where it was made."),
    _("%(n)s of %(all)s areas can't be used: %(which)s."),
    _(
        "Repair them where the file was made; or accept a larger change with "
        "--max-repair-change, or import the others with --leave-out-refused."
    ),
    _("Road files hold lines; only areas are read here."),
    _("No feature of the file has a line."),
    _("No attribute says who keeps the roads; there are: %(known)s."),
    _("Choose it with --authority-field, or give all of them one keeper with --authority."),
    _("%(address)s is no web address."),
    _("The host %(host)s isn't known."),
    _("Check the address."),
    _("Write https://… or http://…"),
    _("The host %(host)s is %(address)s, which isn't a public address."),
    _(
        "Upload the file instead; or have whoever runs this server set "
        "GEOAPP_IMPORT_PRIVATE_HOSTS=1."
    ),
    _("%(host)s answers %(status)s."),
    _("Check the address in a browser that isn't signed in anywhere."),
    _("%(host)s is too slow: nothing more came in time."),
    _("%(host)s can't be asked: %(why)s."),
    _("Check the address; or download the file yourself and upload it."),
    _("Download the file yourself and upload it."),
    _("%(host)s gives a web page, not a file."),
    _("Set %(set)s has nothing to clean: no overlap to resolve and no gap under %(limit)s m²."),
    _("Its report lists what gaps there are; a larger --gaps-under closes larger ones."),
    _("The borders of set %(set)s can't be brought together without a fault."),
    _("Clean the file where it was made, for instance with GRASS v.clean, and import that."),
    _("%(what)s Nothing was stored."),
    _(
        "Close smaller gaps only (--gaps-under), give overlaps to others (--overlaps), or "
        "allow a larger change (--max-change)."
    ),
    _("Boundary set %(set)s of %(city)s is active; what was in force is kept."),
    _("Boundary set %(set)s of %(city)s is retired; what was in force is kept."),
    _("Only staged sets can be discarded."),
    _("Activation %(n)s of set %(set)s is under way."),
    _("Undo the activation first, then discard the set."),
    _("Boundary set %(set)s of %(city)s isn't staged."),
    _("Stage a copy of a set that was in force; it is never changed itself."),
    _("Of the %(n)s kelurahan in force only %(same)s occur in set %(set)s, which stays staged."),
    _("Is it the right layer and code attribute? If so, activate it with --other-codes."),
    _("Activation %(n)s is under way in %(city)s."),
    _("Wait for it, carry it on, or undo it first."),
    _("Activation %(n)s is %(state)s already."),
    _("Its set is in force. Stage a copy of the former set and activate that."),
    _("Other service areas came into force since this activation began."),
    _("Undo it and begin anew."),
    _("Activation %(n)s didn't get its moment: something holds submissions up."),
    _("Is an import running? Carry the activation on when it has ended."),
    _("Nothing is under way for this set."),
    _("Ask for a preview of what would change first."),
)
"""The first whose form fits is taken: the more particular ones stand before the general."""
