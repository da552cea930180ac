"""Which language a text is in, as far as a safety text must know. PURE.

The chat speaks English. An emergency told in Spanish gets its text in Spanish; so it is enough to know Spanish when
its commonest words and those of an emergency stand there. Words that English has as well ("no", "me", "a") prove
nothing.
"""

from __future__ import annotations

import re
import unicodedata

from knee_intake.understanding.lexicon import word_set

ENGLISH, SPANISH = "en", "es"
LEAST_WORDS = 2
LONG_WORD = 6
"""Letters; one such word is enough: no English word looks like it."""
LEAST_SHARE = 0.5
"""Of the words must be Spanish."""

_WORD = re.compile(r"[a-z]+")
_SPANISH = word_set(
    """el la los las un una del de en y que por para con sin mi mis su se le te yo ella ellos es esta estoy estan soy
    tengo tiene tienen puedo puede pueden siento siente duele duelen dolor falta aire respirar pecho rodilla pierna pie
    pies pantorrilla brazo cabeza sangre sangra sangrando sangro fiebre calentura escalofrios hinchada hinchado caliente
    roja rojo fria frio azul hueso accidente choque caida desmaye desmayo ayuda ayudeme auxilio emergencia urgente
    quiero morir morirme matarme suicidarme muy mucho mucha mas pero porque cuando desde hace ayer hoy ahora dias
    semana favor gracias hola salio fuera lugar tragar hablar garganta cierra despues inyeccion
    cuanto cuesta precio precios donde horario abren cita ingles hablo habla espanol acepta aceptan necesito manana
    izquierda derecha ambas adios buenos buenas tardes noches tambien anos meses semanas quisiera consulta alguien
    direccion telefono ayudar tanto poco nada usted llame llamar mande mensaje texto importa vaya sala emergencias ya
    hacer hacerse atendieron entiendo entiende entienden comprendo hablan hablas sabe saben"""
)


def language_of(text: str) -> str:
    """`es` where most words are Spanish ones, else `en`."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    words = _WORD.findall("".join(letter for letter in letters if not unicodedata.combining(letter)))
    spanish = sum(word in _SPANISH for word in words)
    known = _SPANISH & {*words}
    enough = len(known) >= LEAST_WORDS or any(len(word) >= LONG_WORD for word in known)
    return SPANISH if enough and spanish >= LEAST_SHARE * len(words) else ENGLISH
