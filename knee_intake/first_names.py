"""First names that are frequent in the United States, to be taken out of sentences. PURE.

A list of our own: no locked package has one. It need not be whole: names that somebody introduces themselves with, or
that stand behind a title or a relative, are found by where they stand.
"""

from __future__ import annotations

from knee_intake.understanding.plain import word_set

STAND_INS = ("Alex", "Sam", "Kim", "Lee", "Jo", "Chris", "Dana", "Terry")
"""What names become, in the order of the text."""
FAMILY_STAND_IN = "Field"

FIRST_NAMES = word_set(
    """
    aaron abby abigail adam adrian adriana agnes aiden aisha alan albert alejandra alejandro alex alexander alexandra
    alexis alfred alice alicia alison allan allen allison alma alvin alyssa amanda amber amelia amy ana andre andrea
    andres andrew angel angela angelica angelina anita ann anna anne annette annie anthony antonia antonio ariana
    arlene arnold arthur ashley audrey autumn ava barbara beatrice becky belinda ben benjamin bernadette bernard bernice
    beth bethany betty beverly bobby bonnie brad bradley brandi brandon brandy brenda brendan brent brian brianna
    bridget brittany bruce bryan bryce caleb calvin cameron camila candace carl carla carlos carmen carolina caroline
    carolyn carrie casey catherine cathy cecilia cesar charlene charles charlie cheryl chloe chris christian christina
    christine christopher cindy claire clara clarence claudia clifford clyde cody colin colleen connie connor corey
    courtney craig cristina crystal curtis cynthia daisy dana daniel daniela danielle danny darlene darrell darren dave
    david dawn deborah debra denise dennis derek derrick desmond diana diane diego dmitri dolores dominic donald donna
    doris dorothy doug douglas duane dustin dwayne dylan earl ebony eddie edgar edith edna eduardo edward edwin eileen
    elaine elena eli elijah elizabeth ella ellen emily emma emmanuel enrique eric erica erik erika erin ernest esther
    ethan ethel eugene eva evan evelyn fatima felicia felipe fernando fiona floyd frances francis francisco franklin
    fred frederick gabriel gabriela gail gary gavin geoffrey george gerald geraldine gilbert gina gladys glenda glenn
    gloria gordon greg gregory guadalupe gwendolyn hannah harold harriet harry harvey hassan hazel heather hector heidi
    helen henry herbert herman holly howard hugo ian ibrahim ida imani irene iris isaac isabel isabella ivan jackie
    jacob jacqueline jada jaime jake jamal james jamie jane janet janice jared jasmine jason javier jay jeanette jeff
    jeffrey jenna jennifer jenny jeremiah jeremy jerome jerry jesse jessica jesus jill jim jimmy jo joan joann joanna
    joanne joe joel joey johanna john johnny jon jonathan jordan jorge jose joseph josephine joshua joyce juan juanita
    judith judy julia julian julie justin kaitlyn karen karina karl kate katherine kathleen kathryn kathy katie kayla
    keisha keith kelly kelsey ken kendra kenneth kevin khadija kiara kim kimberly kirk kristen kristin kristina kristy
    krystal kurt kyle lakisha larry latasha latoya laura lauren laurie lawrence leah lee leon leonard leroy leslie
    leticia lillian lily linda lindsay lindsey lisa lloyd logan lois loretta lorraine louis louise lucas lucia lucille
    lucy luis luisa luke luz lydia lynn mackenzie madeline malik marcia marco marcus margaret margarita maria mariah
    mariana marianne marie marilyn mario marion marissa marjorie marlene marsha marshall martha martin marvin mary
    matthew maureen maurice max megan melanie melinda melissa mercedes michael michele michelle miguel mike mildred
    mindy miranda miriam misty mohamed mohammed molly monica monique morgan muhammad myra myrtle nadia nancy naomi
    natalia natalie natasha nathan nathaniel neil nicholas nicole nina noah noel nora norma norman olga olivia omar
    oscar pablo paige pam pamela pat patricia patrick patty paul paula pauline pedro peggy perry peter philip phillip
    phyllis priscilla priya rachel rafael ralph ramon randall randy raquel raul raymond rebecca regina renee rhonda
    ricardo richard rick ricky riley rita robert roberto robin rochelle rodney rodrigo roger roland ronald ronnie rosa
    rosalind rosemary roxanne ruben ruby rudy russell ruth ryan sabrina sally sam samantha samuel sandra santiago sara
    sarah scott sean sebastian seth shannon sharon shaun shawn sheila shelby shelley sheri sherri sherry shirley sidney
    sofia sonia sonya sophia sophie stacey stacy stanley stella stephanie stephen steve steven stuart susan suzanne
    sylvester sylvia tabitha tamara tammy tanya tara tasha taylor ted terence teresa terrance terri terry thelma
    theodore theresa thomas tiffany tim timothy tina todd tom tommy toni tony tonya tracey traci tracy travis trevor
    tristan troy tyler tyrone valerie vanessa vera vernon veronica vicki vickie vicky vincent vivian vladimir wallace
    walter wanda warren wayne wendy wesley whitney willard william willie winifred wyatt xavier yesenia yolanda yvette
    yvonne zachary zoe
    """
)
"""In small letters."""
ALSO_WORDS = word_set(
    """
    angel amber april art august autumn bill bob bobby brandy buck carol chance chase christian chuck clay crystal dale
    daisy dawn dean dick don drew earl faith flora forest frank gene ginger grace grant guy harry hazel heather holly
    hope hunter iris jack jay jean jo joy june ken kirk lance lily lucky luz marshall mark max may mercedes mike miles
    misty myrtle norm pat patty peg penny perry pierce rand ray reed rich rob rod rose ruby rusty sally sandy
    sherry skip stacy star sue summer tommy victor victoria violet virginia wade ward warren will willow
    """
)
"""Names that are words as well: names only with a capital, where the sentence would not have one."""
