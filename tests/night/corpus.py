"""Makes a corpus of any size: the sample disclosures with other units, years and figures.

usage: corpus.py FOLDER DOCUMENTS [--brief] [--seed N]

Document n of a seed is always the same. Documents lie in folders of a thousand. With --brief a
document has but its first table, a twentieth of the whole.
"""

import argparse
import random
import re
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "disclosures"
PROVINCES = "河北省 山西省 辽宁省 江苏省 浙江省 安徽省 福建省 江西省 山东省 河南省 湖北省 湖南省 广东省 海南省".split()
FIGURE = re.compile(r"(?<![\d.])\d{1,6}\.\d\d(?![\d.])")
YEAR = re.compile(r"20\d\d(?=年)")
# So many documents have figures that do not add up: each of these costs as much as several.
WRONG = 0.02
# The beginnings of the names of units in the samples.
PLACE = re.compile("吉林省|攀枝花市|曾都区")


def samples(brief):
    """Returns the texts of the samples, the shortest part that still is a disclosure if brief."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*.txt"))]
    return [shortened(text) for text in texts] if brief else texts


def shortened(text):
    """Keeps the title and the rows of the first table."""
    lines = text.splitlines()
    first = next((at for at, line in enumerate(lines) if "合计" in line or "总计" in line), 30)
    return "\n".join(lines[:8] + lines[max(8, first - 10) : first + 12]) + "\n"


def document(texts, number, seed=0):
    """Returns the text of a document."""
    chance = random.Random(f"{seed}/{number}")
    text = texts[number % len(texts)]
    place = f"{chance.choice(PROVINCES)}第{number // 8 + 1}"
    text = PLACE.sub(place, text)
    shift = chance.choice([-2, -1, 0, 0, 1])
    text = YEAR.sub(lambda found: str(int(found.group()) + shift), text)
    if chance.random() < WRONG:
        # The last digits of all figures move alike: hardly a sum holds.
        digit = str(chance.randrange(10))
        text = FIGURE.sub(lambda found: found.group()[:-1] + digit, text)
    return text


def path(number):
    """Returns where a document lies."""
    return f"{number // 1000:04}/{number:07}.txt"


def write(folder, numbers, texts, seed=0):
    """Writes documents of some numbers."""
    for number in numbers:
        file = Path(folder) / path(number)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(document(texts, number, seed), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("documents", type=int)
    parser.add_argument("--brief", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args()
    write(wanted.folder, range(wanted.documents), samples(wanted.brief), wanted.seed)


if __name__ == "__main__":
    main()
