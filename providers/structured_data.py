"""Organisations and addresses in the words of schema.org, for search engines and other portals."""

from django.conf import settings

from providers.models import Location, Organization


def organization_data(organization: Organization) -> dict:
    """An Organization; without a public profile only its name."""
    data = {"@type": "Organization", "name": organization.name}
    if not organization.has_profile:
        return data
    address = settings.SITE_BASE_URL + organization.get_absolute_url()
    said = {"url": organization.website, "telephone": organization.phone, "email": organization.email}
    return data | {"@id": f"{address}#organisation"} | {key: value for key, value in said.items() if value}


def profile_data(organization: Organization, locations: list[Location]) -> dict:
    """The organisation as the subject of its profile page."""
    data = {"@context": "https://schema.org", **organization_data(organization)}
    data["mainEntityOfPage"] = settings.SITE_BASE_URL + organization.get_absolute_url()
    if organization.mission:
        data["description"] = organization.mission
    if locations:
        data["location"] = [place_data(location) for location in locations]
    return data


def place_data(location: Location) -> dict:
    said = {
        "streetAddress": location.street,
        "postalCode": location.postcode,
        "addressLocality": location.city,
        "addressCountry": location.country,
    }
    address = {"@type": "PostalAddress", **{key: value for key, value in said.items() if value}}
    data = {"@type": "Place", "name": location.name or location.city, "address": address}
    if location.latitude is not None:
        data["geo"] = {"@type": "GeoCoordinates", "latitude": location.latitude, "longitude": location.longitude}
    return data
