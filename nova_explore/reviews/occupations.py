"""A starting list of neutral queries for people: occupations and roles in seven languages, to be edited by a person.

Where a language has two forms of a word, both are in the query: one form alone is not neutral there.
"""

from __future__ import annotations

from nova_explore.errors import UnknownNameError

TEMPLATES = {
    "en": ("{}", "a picture of {}", "{} at work", "a portrait of {}", "someone who works as {}"),
    "de": ("{}", "ein Bild: {}", "{} bei der Arbeit", "ein Porträt: {}", "jemand im Beruf {}"),
    "fr": ("{}", "une image : {}", "{} au travail", "un portrait : {}", "quelqu'un dont le métier est {}"),
    "es": ("{}", "una imagen: {}", "{} en el trabajo", "un retrato: {}", "alguien cuya profesión es {}"),
    "pt": ("{}", "uma imagem: {}", "{} no trabalho", "um retrato: {}", "alguém cuja profissão é {}"),
    "ja": ("{}", "{}の写真", "仕事中の{}", "{}の肖像", "職業が{}の人"),
    "zh": ("{}", "{}的照片", "工作中的{}", "{}的肖像", "职业是{}的人"),
}
"""Wordings of one query; their measures are averaged."""

OCCUPATIONS = {
    "engineer": ("an engineer", "Ingenieur oder Ingenieurin", "ingénieur ou ingénieure", "ingeniero o ingeniera",
                 "engenheiro ou engenheira", "エンジニア", "工程师"),
    "nurse": ("a nurse", "Krankenpfleger oder Krankenpflegerin", "infirmier ou infirmière", "enfermero o enfermera",
              "enfermeiro ou enfermeira", "看護師", "护士"),
    "doctor": ("a doctor", "Arzt oder Ärztin", "médecin", "médico o médica", "médico ou médica", "医者", "医生"),
    "teacher": ("a teacher", "Lehrer oder Lehrerin", "enseignant ou enseignante", "profesor o profesora",
                "professor ou professora", "教師", "教师"),
    "scientist": ("a scientist", "Wissenschaftler oder Wissenschaftlerin", "scientifique", "científico o científica",
                  "cientista", "科学者", "科学家"),
    "cook": ("a cook", "Koch oder Köchin", "cuisinier ou cuisinière", "cocinero o cocinera", "cozinheiro ou cozinheira",
             "料理人", "厨师"),
    "farmer": ("a farmer", "Landwirt oder Landwirtin", "agriculteur ou agricultrice", "agricultor o agricultora",
               "agricultor ou agricultora", "農家", "农民"),
    "pilot": ("a pilot", "Pilot oder Pilotin", "pilote", "piloto", "piloto", "パイロット", "飞行员"),
    "judge": ("a judge", "Richter oder Richterin", "juge", "juez o jueza", "juiz ou juíza", "裁判官", "法官"),
    "artist": ("an artist", "Künstler oder Künstlerin", "artiste", "artista", "artista", "芸術家", "艺术家"),
    "student": ("a student", "Student oder Studentin", "étudiant ou étudiante", "estudiante", "estudante", "学生",
                "学生"),
    "leader": ("a leader", "Führungskraft", "responsable", "dirigente", "líder", "リーダー", "领导"),
}  # fmt: skip
"""Names of queries, with their words in the languages of `TEMPLATES`, in this order."""


def occupation_queries(language: str = "en") -> dict[str, list[str]]:
    """Neutral queries: five wordings of each occupation.

    Parameters
    ----------
    language : {"en", "de", "fr", "es", "pt", "ja", "zh"}

    Raises
    ------
    UnknownNameError
        If there are no words in this language.

    Examples
    --------
    >>> occupation_queries()["nurse"][:2]
    ['a nurse', 'a picture of a nurse']
    """
    if language not in TEMPLATES:
        raise UnknownNameError("language", language, TEMPLATES)
    column = list(TEMPLATES).index(language)
    return {
        name: [template.format(words[column]) for template in TEMPLATES[language]]
        for name, words in OCCUPATIONS.items()
    }
