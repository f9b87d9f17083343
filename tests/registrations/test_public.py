"""The pages that people without an account see, by the forms that they fill in."""



from tests.clients import form_of, text_of
from tests.factories.activities import an_activity
from tests.factories.registrations import a_name, a_phone


def filled(page, **typed):
    form = form_of(page, number=0)
    form.setlist("proxy.relation", ["self"])
    form["people.husband.name"], form["people.husband.phone"], form["people.wife.name"] = a_name(), a_phone(), a_name()
    form["people.husband.mobility"] = form["people.wife.mobility"] = "walks"
    form["answers.married_on.year"], form["answers.marriage_proof"] = "1970", "own_word"
    form["answers.residence"], form["answers.honoured_before"], form["consent.contact"] = "living", "no", "1"
    for name, value in typed.items():
        form[name.replace("__", ".")] = value
    return form


def test_smoke(app, browser, at_now):
    a = an_activity(places=1)
    page = browser.get(f"/s/{a.slug}").text
    print(len(page))
    r = browser.post(f"/s/{a.slug}", filled(page), status=303)
    print(r.location)
    rec = browser.get(r.location).text
    print(text_of(rec), len(rec))
